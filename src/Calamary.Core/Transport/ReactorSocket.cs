using System.Threading.Tasks.Sources;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>A non-blocking socket on a reactor. Calls are tried first and awaited only at EAGAIN; all of it happens on the reactor's
/// thread. Results below zero are negated errno values.</summary>
internal sealed unsafe class ReactorSocket : TimerNode, IValueTaskSource<WaitResult>, IDisposable
{
    private const short ReadToken = 0;
    private const short WriteToken = 1;
    private ReadySignal _read;
    private ReadySignal _write;
    private WaitResult _stop = WaitResult.Ready;
    private bool _readable = true;
    private bool _writable = true;
    private bool _broken;
    private bool _closed;

    private ReactorSocket(Reactor reactor, int descriptor) => (Reactor, Descriptor) = (reactor, descriptor);

    public Reactor Reactor { get; }

    public int Descriptor { get; }

    internal uint Generation { get; set; }

    /// <summary>The socket's own address, when it was asked for.</summary>
    public Endpoint? Local { get; set; }

    /// <summary>The peer has sent its FIN (or a reset): what can be received now is the last of it.</summary>
    public bool PeerFinished { get; private set; }

    /// <summary>Whether a receive is worth trying: the last one filled its buffer, or an event has come since.</summary>
    public bool IsReadable => _readable;

    /// <summary>Takes over an accepted or listening descriptor. Returns null, and closes it, when it cannot be watched.</summary>
    public static ReactorSocket? Attach(Reactor reactor, int descriptor)
    {
        var socket = new ReactorSocket(reactor, descriptor);
        if (reactor.Register(socket) >= 0) return socket;
        _ = Libc.Close(descriptor);
        return null;
    }

    /// <summary>Starts a connection whose end is awaited with <see cref="WaitWritableAsync"/> and asked with <see cref="TakeError"/>.</summary>
    /// <returns>The socket, or null and the errno.</returns>
    public static ReactorSocket? Connect(Reactor reactor, Endpoint target, OutboundOptions options, out int errno)
    {
        var descriptor = Libc.CreateSocket(SockAddr.FamilyOf(target.Address), Native.Socket.Stream);
        if (descriptor < 0)
        {
            errno = -descriptor;
            return null;
        }
        var result = options.Apply(descriptor, target.Address.IsIPv6);
        if (result >= 0)
        {
            _ = Libc.SetOption(descriptor, Native.Socket.LevelTcp, Native.Socket.NoDelay, 1);
            var address = SockAddr.From(target);
            result = Libc.Connect(descriptor, &address, address.Capacity);
        }
        if (result < 0 && result != -Errno.InProgress)
        {
            _ = Libc.Close(descriptor);
            errno = -result;
            return null;
        }
        var socket = Attach(reactor, descriptor);
        errno = socket is null ? Errno.NoMemory : 0;
        if (socket is not null && result < 0) socket._writable = socket._readable = false;
        return socket;
    }

    /// <summary>Receives what is there. 0 is the peer's FIN; -EAGAIN: wait.</summary>
    public int TryReceive(Span<byte> buffer, int flags = 0)
    {
        int result;
        fixed (byte* start = buffer) result = Libc.Receive(Descriptor, start, buffer.Length, flags);
        // A short read has drained the socket: the next byte brings a new edge.
        if (result >= 0) _readable = result == buffer.Length || PeerFinished;
        else if (result == -Errno.Again) _readable = false;
        return result;
    }

    /// <summary>Looks at what is there and leaves it for later.</summary>
    public int TryPeek(Span<byte> buffer)
    {
        var result = TryReceive(buffer, Native.Socket.Peek);
        if (result > 0) _readable = true;
        return result;
    }

    /// <summary>There may be bytes that were only looked at so far.</summary>
    public void MarkReadable() => _readable = true;

    /// <summary>Throws away up to so many received bytes.</summary>
    public int TryDiscard(int count)
    {
        var result = Libc.Receive(Descriptor, null, count, Native.Socket.Truncate);
        if (result == -Errno.Again) _readable = false;
        return result;
    }

    /// <summary>How many bytes can be received now.</summary>
    public int Available()
    {
        int count;
        return Libc.AvailableBytes(Descriptor, &count) < 0 ? 0 : count;
    }

    /// <summary>Sends what fits. <paramref name="more"/> holds the last segment back for what follows, such as a FIN.</summary>
    public int TrySend(ReadOnlySpan<byte> data, bool more = false)
    {
        int result;
        fixed (byte* start = data)
            result = Libc.Send(Descriptor, start, data.Length, Native.Socket.NoSignal | (more ? Native.Socket.More : 0));
        if (result < data.Length && result is >= 0 or -Errno.Again) _writable = false;
        return result;
    }

    /// <summary>Moves received bytes into an empty pipe.</summary>
    public int TrySpliceTo(SplicePipe pipe, int count)
    {
        var result = Libc.Splice(Descriptor, pipe.WriteEnd, count, Native.Socket.SpliceMove | Native.Socket.SpliceNonBlock);
        if (result == -Errno.Again) _readable = false;
        return result;
    }

    /// <summary>Sends bytes out of a pipe.</summary>
    public int TrySpliceFrom(SplicePipe pipe, int count)
    {
        var result = Libc.Splice(pipe.ReadEnd, Descriptor, count, Native.Socket.SpliceMove | Native.Socket.SpliceNonBlock);
        if (result == -Errno.Again) _writable = false;
        return result;
    }

    /// <summary>Whether the deadline has passed or the flow was ended.</summary>
    public bool IsStopped => _stop != WaitResult.Ready;

    /// <summary>The peer has sent TCP urgent data (RFC 9293 §3.8.5). The kernel takes such a byte out of the stream, and looking at the
    /// stream stops there: what follows could not be judged.</summary>
    public bool HasUrgentData { get; private set; }

    /// <summary>Called once when the peer resets the connection, whether anyone waits or not; null for nobody.</summary>
    public Action? OnReset { get; set; }

    /// <summary>Waits until a receive is worth trying.</summary>
    public ValueTask<WaitResult> WaitReadableAsync() => WaitAsync(ref _read, _readable, ReadToken);

    /// <summary>Waits for bytes beyond those that peeking has seen already.</summary>
    public ValueTask<WaitResult> WaitMoreAsync()
    {
        if (!PeerFinished) _readable = false;
        return WaitReadableAsync();
    }

    /// <summary>Waits until a send is worth trying, or the connection attempt has ended.</summary>
    public ValueTask<WaitResult> WaitWritableAsync() => WaitAsync(ref _write, _writable, WriteToken);

    /// <summary>The pending error of the socket, which is cleared; 0 for none.</summary>
    public int TakeError()
    {
        if (!_broken) return 0;
        int error;
        uint length = sizeof(int);
        return Libc.GetOption(Descriptor, Native.Socket.LevelSocket, Native.Socket.Error, &error, &length) < 0 ? Errno.ConnectionReset : error;
    }

    /// <summary>Waits that are pending, and later ones that would block, end as timed out from then on. <see cref="ClearDeadline"/> lifts it.</summary>
    public void SetDeadline(long due)
    {
        _stop = _stop == WaitResult.Aborted ? _stop : WaitResult.Ready;
        Reactor.Arm(this, due);
    }

    public void ClearDeadline()
    {
        Reactor.Cancel(this);
        if (_stop == WaitResult.TimedOut) _stop = WaitResult.Ready;
    }

    /// <summary>Ends a pending wait for bytes; later ones are not concerned.</summary>
    public void InterruptRead() => _read.Set(WaitResult.Aborted);

    /// <summary>The same for room to send.</summary>
    public void InterruptWrite() => _write.Set(WaitResult.Aborted);

    /// <summary>Ends all waits, now and later.</summary>
    public void Abort()
    {
        _stop = WaitResult.Aborted;
        _read.Set(WaitResult.Aborted);
        _write.Set(WaitResult.Aborted);
    }

    public void ShutdownSend() => _ = Libc.Shutdown(Descriptor, Native.Socket.ShutdownWrite);

    /// <summary>Makes closing send a reset instead of a FIN.</summary>
    public void ResetOnClose()
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetOption(Descriptor, Native.Socket.LevelSocket, Native.Socket.Linger, linger, 2 * sizeof(int));
    }

    /// <summary>Room for a first message that is larger than the kernel's usual receive window.</summary>
    public void GrowReceiveBuffer(int bytes) =>
        _ = Libc.SetOption(Descriptor, Native.Socket.LevelSocket, Native.Socket.ReceiveBuffer, bytes);

    /// <summary>The socket's own address.</summary>
    public bool TryGetLocal(out Endpoint local)
    {
        var address = SockAddr.Empty;
        local = default;
        return Libc.GetSockName(Descriptor, &address) >= 0 && address.TryGet(out local);
    }

    /// <summary>Where the client wanted to go before netfilter's DNAT or REDIRECT.</summary>
    public bool TryGetOriginalDestination(bool ipv6, out Endpoint destination)
    {
        var address = SockAddr.Empty;
        destination = default;
        var level = ipv6 ? Native.Socket.LevelIpv6 : Native.Socket.LevelIp;
        return Libc.GetOption(Descriptor, level, Native.Socket.OriginalDestination, &address, &address.Capacity) >= 0
            && address.TryGet(out destination);
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        Reactor.Cancel(this);
        Reactor.Unregister(this);
        _ = Libc.Close(Descriptor);
        Abort();
    }

    internal void OnEvents(uint mask)
    {
        const uint Broken = EpollEvents.Error | EpollEvents.HangUp;
        if ((mask & (EpollEvents.PeerHangUp | Broken)) != 0) PeerFinished = true;
        if ((mask & Broken) != 0) _broken = true;
        if ((mask & EpollEvents.Urgent) != 0) HasUrgentData = true;
        if ((mask & EpollEvents.Error) != 0 && OnReset is { } onReset)
        {
            OnReset = null;
            onReset();
            if (_closed) return;
        }
        if ((mask & (EpollEvents.In | EpollEvents.Urgent | EpollEvents.PeerHangUp | Broken)) != 0)
        {
            _readable = true;
            _read.Set(WaitResult.Ready);
        }
        if (_closed || (mask & (EpollEvents.Out | Broken)) == 0) return;
        _writable = true;
        _write.Set(WaitResult.Ready);
    }

    protected internal override void OnTimer()
    {
        _stop = WaitResult.TimedOut;
        _read.Set(WaitResult.TimedOut);
        if (!_closed) _write.Set(WaitResult.TimedOut);
    }

    private ValueTask<WaitResult> WaitAsync(ref ReadySignal signal, bool ready, short token)
    {
        // First the deadline: bytes that drip in without end must not outlive it.
        if (_stop != WaitResult.Ready || ready) return new(_stop);
        signal.Begin();
        return new(this, token);
    }

    WaitResult IValueTaskSource<WaitResult>.GetResult(short token) =>
        token == ReadToken ? _read.GetResult() : _write.GetResult();

    ValueTaskSourceStatus IValueTaskSource<WaitResult>.GetStatus(short token) =>
        token == ReadToken ? _read.Status : _write.Status;

    void IValueTaskSource<WaitResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // The flags ask for a context; this always completes on the reactor's thread, which is the context.
        if (token == ReadToken) _read.OnCompleted(continuation, state);
        else _write.OnCompleted(continuation, state);
    }
}
