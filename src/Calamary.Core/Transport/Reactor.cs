using System.Collections.Concurrent;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>One thread with one epoll: runs the flows that it accepted from first byte to last, without locks. An await on one of
/// its sockets continues inline on this thread; any other await comes back to it through <see cref="ReactorContext"/>.</summary>
internal sealed unsafe class Reactor : IDisposable
{
    private const int EventCapacity = 256;

    /// <summary>Room for what <see cref="Scratch"/> holds, in TLS records.</summary>
    private const int CipherBytes = ScratchBytes + 4 * 1024;

    /// <summary>The size of <see cref="Scratch"/>.</summary>
    public const int ScratchBytes = 64 * 1024;

    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly Action<Exception> _onBug;
    private readonly int _epoll;
    private readonly int _wakeEvent;
    private readonly Thread _thread;
    private readonly TimerWheel _timers;
    private IWatched?[] _watched = new IWatched?[256];
    private byte[]? _cipherScratch;
    private DatagramBatch? _datagrams;
    private DatagramOutbox? _outbox;
    private IcmpSender? _icmp;
    private uint _generation;
    private int _wakePending;
    private volatile bool _stopping;

    /// <param name="index">The reactor's number from 0.</param>
    /// <param name="pipes">How many pipes its flows may hold for splicing.</param>
    /// <param name="onBug">Told about an exception that no flow caught.</param>
    public Reactor(int index, int pipes, Action<Exception> onBug)
    {
        Index = index;
        Context = new ReactorContext(this);
        Pipes = new PipePool(pipes);
        Scratch = GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true);
        Now = Environment.TickCount64;
        _timers = new TimerWheel(Now);
        _onBug = onBug;
        _epoll = Check(Libc.CreateEpoll());
        _wakeEvent = Check(Libc.CreateEvent());
        var e = stackalloc byte[16];
        EpollEvents.Write(e, EpollEvents.In | EpollEvents.EdgeTriggered, ulong.MaxValue);
        Check(Libc.EpollAdd(_epoll, _wakeEvent, e));
        _thread = new Thread(Run) { IsBackground = true, Name = $"reactor {index}" };
    }

    /// <summary>The reactor's number from 0.</summary>
    public int Index { get; }

    /// <summary>Milliseconds of a monotonic clock, read once per turn of the loop.</summary>
    public long Now { get; private set; }

    /// <summary>A buffer for the time between two awaits, shared by all flows of this thread: what must outlive an await is copied.</summary>
    public byte[] Scratch { get; }

    /// <summary>The same for encrypted bytes on their way out.</summary>
    public byte[] CipherScratch => _cipherScratch ??= GC.AllocateUninitializedArray<byte>(CipherBytes);

    /// <summary>The same for received datagrams.</summary>
    public DatagramBatch Datagrams => _datagrams ??= new DatagramBatch();

    /// <summary>Datagrams on their way out.</summary>
    public DatagramOutbox Outbox => _outbox ??= new DatagramOutbox();

    /// <summary>Tells clients why there are no answers.</summary>
    public IcmpSender Icmp => _icmp ??= new IcmpSender(this);

    /// <summary>Brings awaits back to this thread.</summary>
    public ReactorContext Context { get; }

    /// <summary>Pipes for splicing.</summary>
    public PipePool Pipes { get; }

    /// <summary>Whether the caller is on this reactor's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    public void Start() => _thread.Start();

    /// <summary>Runs something on this thread, soon.</summary>
    public void Post(SendOrPostCallback callback, object? state)
    {
        _posted.Enqueue((callback, state));
        if (IsCurrent || Interlocked.Exchange(ref _wakePending, 1) != 0) return;
        ulong one = 1;
        _ = Libc.Write(_wakeEvent, &one, 8);
    }

    /// <summary>Runs something on this thread and waits for its result elsewhere.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }, null);
        return done.Task;
    }

    public void Arm(TimerNode node, long due) => _timers.Arm(node, due);

    public void Cancel(TimerNode node) => _timers.Cancel(node);

    /// <summary>Starts to report readiness. Returns 0 or a negated errno.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="interest">Which events, edge-triggered.</param>
    internal int Register(IWatched socket, uint interest = EpollEvents.In | EpollEvents.Urgent | EpollEvents.Out | EpollEvents.PeerHangUp)
    {
        var fd = socket.Descriptor;
        if (fd >= _watched.Length) Array.Resize(ref _watched, Math.Max(fd + 1, _watched.Length * 2));
        _watched[fd] = socket;
        socket.Generation = ++_generation;
        var e = stackalloc byte[16];
        EpollEvents.Write(e, interest | EpollEvents.EdgeTriggered, (ulong)socket.Generation << 32 | (uint)fd);
        var result = Libc.EpollAdd(_epoll, fd, e);
        if (result < 0) _watched[fd] = null;
        return result;
    }

    internal void Unregister(IWatched socket)
    {
        if (_watched[socket.Descriptor] == socket) _watched[socket.Descriptor] = null;
    }

    /// <summary>Ends the thread. Its flows should have ended before.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        if (_thread.IsAlive && !IsCurrent)
        {
            Post(static _ => { }, null);
            _thread.Join();
        }
        Pipes.Dispose();
        _icmp?.Dispose();
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wakeEvent);
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(Context);
        var events = stackalloc byte[EventCapacity * 16];
        while (!_stopping)
        {
            var wait = _posted.IsEmpty ? _timers.UntilNext(Now) : 0;
            var count = Libc.EpollWait(_epoll, events, EventCapacity, wait);
            Now = Environment.TickCount64;
            for (var i = 0; i < count; i++)
                Dispatch(EpollEvents.Mask(events, i), EpollEvents.Data(events, i));
            RunPosted();
            Guarded(static self => self._timers.Advance(self.Now));
        }
    }

    private void Dispatch(uint mask, ulong data)
    {
        if (data == ulong.MaxValue)
        {
            ulong value;
            _ = Libc.Read(_wakeEvent, &value, 8);
            Volatile.Write(ref _wakePending, 0);
            return;
        }
        // An event of this batch may be for a descriptor that was closed, and even used again, since.
        if (_watched[(int)(uint)data] is not { } socket || socket.Generation != (uint)(data >> 32)) return;
        try
        {
            socket.OnEvents(mask);
        }
        catch (Exception bug) when (Report(bug))
        {
        }
    }

    private void RunPosted()
    {
        // Only what was there at the start: work that posts more work must not keep the sockets waiting.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
        {
            try
            {
                work.Callback(work.State);
            }
            catch (Exception bug) when (Report(bug))
            {
            }
        }
    }

    private void Guarded(Action<Reactor> action)
    {
        try
        {
            action(this);
        }
        catch (Exception bug) when (Report(bug))
        {
        }
    }

    private bool Report(Exception bug)
    {
        _onBug(bug);
        return true;
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException(Errno.Describe(-result));
}
