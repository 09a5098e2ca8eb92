using System.Runtime.InteropServices;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>What a UDP flow has in place of a connection to its client: the datagrams that wait for the verdict, the deadline, and the end.
/// What goes through afterwards does not come here.</summary>
/// <param name="reactor">Where the flow lives.</param>
/// <param name="bottom">A socket that the client has reached the proxy by, where there is a TCP one.</param>
/// <param name="maxBytes">So many bytes wait, at most.</param>
internal sealed class DatagramConnection(Reactor reactor, ReactorSocket? bottom, int maxBytes) : Connection(reactor)
{
    /// <summary>So many datagrams wait, at most.</summary>
    public const int MaxDatagrams = 16;

    private readonly List<ReadOnlyMemory<byte>> _waiting = [];

    /// <summary>What waits, in the order of arrival.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Waiting => CollectionsMarshal.AsSpan(_waiting);

    /// <summary>How many bytes wait.</summary>
    public int WaitingBytes { get; private set; }

    /// <summary>How many of those that wait the verdict is about; the others may begin something else. 0: not even the first.</summary>
    public int Judged { get; set; } = int.MaxValue;

    /// <summary>No more can be kept.</summary>
    public bool IsFull => _waiting.Count == MaxDatagrams || WaitingBytes >= maxBytes;

    /// <summary>When the last datagram came, in either direction, in the reactor's milliseconds.</summary>
    public long LastSeen { get; set; } = reactor.Now;

    /// <summary>How long there may be none once datagrams go through.</summary>
    public long IdleMilliseconds { get; set; }

    /// <summary>How the flow has ended when its wait is aborted.</summary>
    public EndReason End { get; set; } = EndReason.Completed;

    /// <summary>Told when it is closed.</summary>
    public Action<DatagramConnection>? OnClosed { get; set; }

    public override ReactorSocket Socket => bottom ?? throw new NotSupportedException("datagrams have no connection");

    /// <summary>Keeps a copy of a datagram for the verdict; false when there are too many.</summary>
    public bool TryKeep(ReadOnlySpan<byte> datagram)
    {
        if (IsStopped || _waiting.Count == MaxDatagrams || WaitingBytes + datagram.Length > maxBytes) return false;
        _waiting.Add(datagram.ToArray());
        WaitingBytes += datagram.Length;
        SignalReadable();
        return true;
    }

    /// <summary>Nothing waits any more.</summary>
    public void Release()
    {
        _waiting.Clear();
        WaitingBytes = 0;
    }

    /// <summary>Waits until there was no datagram for <see cref="IdleMilliseconds"/>, or the flow is ended otherwise.</summary>
    public async ValueTask<EndReason> WaitForEndAsync()
    {
        IsReadable = false;
        SetDeadline(LastSeen + IdleMilliseconds);
        return await WaitReadableAsync() == WaitResult.TimedOut ? EndReason.IdleTimeout : End;
    }

    /// <summary>Ends the flow.</summary>
    public void EndAs(EndReason reason)
    {
        End = reason;
        Abort();
    }

    /// <summary>Ends the wait; the flow may try somewhere else.</summary>
    public void Fail(EndReason reason)
    {
        End = reason;
        SignalReadable();
    }

    public override int TryReceive(Span<byte> buffer) => -Errno.Again;

    public override int TryPeek(Span<byte> buffer) => -Errno.Again;

    public override int TryDiscard(int count) => -Errno.Again;

    public override int Available() => 0;

    public override int TrySend(ReadOnlySpan<byte> data, bool more = false) => -Errno.BrokenPipe;

    public override void ShutdownSend()
    {
    }

    public override void ResetOnClose()
    {
    }

    public override void GrowReceiveBuffer(int bytes)
    {
    }

    protected override void Close()
    {
        OnClosed?.Invoke(this);
        Release();
    }

    protected internal override void OnTimer()
    {
        // Datagrams that come do not touch the timer: it looks when it fires.
        var due = LastSeen + IdleMilliseconds;
        if (IdleMilliseconds > 0 && due > Reactor.Now) Reactor.Arm(this, due);
        else base.OnTimer();
    }
}
