using System.Threading.Tasks.Sources;

namespace Calamary.Core.Transport;

/// <summary>A byte stream of a flow on a reactor: a socket, or TLS over one. Calls are tried first and awaited only at EAGAIN; all of it
/// happens on the reactor's thread. Results below zero are negated errno values.</summary>
internal abstract class Connection(Reactor reactor) : TimerNode, IValueTaskSource<WaitResult>, IDisposable
{
    private const short ReadToken = 0;
    private const short WriteToken = 1;
    private ReadySignal _read;
    private ReadySignal _write;
    private WaitResult _stop = WaitResult.Ready;

    public Reactor Reactor { get; } = reactor;

    /// <summary>The peer has finished (or reset): what can be received now is the last of it.</summary>
    public bool PeerFinished { get; protected set; }

    /// <summary>Whether a receive is worth trying: the last one filled its buffer, or something has come since.</summary>
    public bool IsReadable { get; protected set; } = true;

    /// <summary>Whether a send is worth trying.</summary>
    public bool IsWritable { get; protected set; } = true;

    /// <summary>Whether the deadline has passed or the flow was ended.</summary>
    public bool IsStopped => _stop != WaitResult.Ready;

    /// <summary>The peer has sent TCP urgent data (RFC 9293 §3.8.5). The kernel takes such a byte out of the stream, and looking at the
    /// stream stops there: what follows could not be judged.</summary>
    public bool HasUrgentData { get; protected set; }

    /// <summary>Called once when the peer resets the connection, whether anyone waits or not; null for nobody.</summary>
    public Action? OnReset { get; set; }

    /// <summary>The socket at the bottom.</summary>
    public abstract ReactorSocket Socket { get; }

    protected bool IsClosed { get; private set; }

    /// <summary>Receives what is there. 0 is the peer's end; -EAGAIN: wait.</summary>
    public abstract int TryReceive(Span<byte> buffer);

    /// <summary>Looks at what is there and leaves it for later.</summary>
    public abstract int TryPeek(Span<byte> buffer);

    /// <summary>Throws away up to so many received bytes.</summary>
    public abstract int TryDiscard(int count);

    /// <summary>How many bytes can be received now.</summary>
    public abstract int Available();

    /// <summary>Sends what fits. <paramref name="more"/> holds the last segment back for what follows, such as a FIN.</summary>
    public abstract int TrySend(ReadOnlySpan<byte> data, bool more = false);

    /// <summary>Tells the peer that nothing more will be sent; its own direction goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>The peer's stream has ended without the peer having said so: what was left of it may have been cut off on the way.</summary>
    public bool IsTruncated { get; protected set; }

    /// <summary>Ends like a stream that is cut off, where that can be told from a proper end.</summary>
    public virtual void Truncate() => ShutdownSend();

    /// <summary>Makes closing send a reset instead of a FIN.</summary>
    public abstract void ResetOnClose();

    /// <summary>Room for a first message that is larger than usual.</summary>
    public abstract void GrowReceiveBuffer(int bytes);

    /// <summary>There may be bytes that were only looked at so far.</summary>
    public void MarkReadable() => IsReadable = true;

    /// <summary>Waits until a receive is worth trying.</summary>
    public ValueTask<WaitResult> WaitReadableAsync() => WaitAsync(ref _read, IsReadable, ReadToken);

    /// <summary>Waits for bytes beyond those that peeking has seen already.</summary>
    public ValueTask<WaitResult> WaitMoreAsync()
    {
        if (!PeerFinished) IsReadable = false;
        return WaitReadableAsync();
    }

    /// <summary>Waits until a send is worth trying, or the connection attempt has ended.</summary>
    public ValueTask<WaitResult> WaitWritableAsync() => WaitAsync(ref _write, IsWritable, WriteToken);

    /// <summary>Waits until what was sent is with the kernel; false when it cannot get there.</summary>
    public virtual ValueTask<bool> FlushAsync() => new(true);

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

    public void Dispose()
    {
        if (IsClosed) return;
        IsClosed = true;
        Reactor.Cancel(this);
        Close();
        Abort();
    }

    /// <summary>Closes what is below.</summary>
    protected abstract void Close();

    protected void SignalReadable()
    {
        IsReadable = true;
        _read.Set(WaitResult.Ready);
    }

    protected void SignalWritable()
    {
        IsWritable = true;
        _write.Set(WaitResult.Ready);
    }

    protected void SignalReset()
    {
        if (OnReset is not { } onReset) return;
        OnReset = null;
        onReset();
    }

    protected internal override void OnTimer()
    {
        _stop = WaitResult.TimedOut;
        _read.Set(WaitResult.TimedOut);
        if (!IsClosed) _write.Set(WaitResult.TimedOut);
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
