using Calamary.Core.Forwarding.Limits;
using Calamary.Core.Protocols.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>What both directions of a relay share: the counters, the idle timer and the first reason to end.</summary>
internal sealed class RelayState : TimerNode
{
    /// <summary>A flow that is ended meanwhile is gone after this time at the latest.</summary>
    private const int LongestPause = 200;

    private readonly Flow _flow;
    private readonly Connection _upstream;
    private readonly long _idle;
    private EndReason _reason = EndReason.Completed;
    private bool _failed;
    private bool _answered;
    private long _lastByte;
    private int _sentPause, _receivedPause, _pausing;

    public RelayState(Flow flow, Connection upstream)
    {
        _flow = flow;
        _upstream = upstream;
        _idle = (long)flow.Policy.Timeouts.Idle.TotalMilliseconds;
        _lastByte = flow.Reactor.Now;
        flow.Reactor.Arm(this, _lastByte + _idle);
    }

    /// <summary>How the relay ended.</summary>
    public EndReason Reason => _reason;

    /// <summary>Whether it has ended by a failure.</summary>
    public bool HasFailed => _failed;

    /// <summary>Whether the direction from the client (or the one to it) has ended.</summary>
    public bool OtherDirectionEnded { get; set; }

    /// <summary>Whether the server has asked for a second ClientHello, which must be looked at before it goes on.</summary>
    public bool SecondHelloDue { get; private set; }

    /// <summary>The server's first bytes, before they go on.</summary>
    public void SeeFirstAnswer(ReadOnlySpan<byte> answer)
    {
        if (_answered) return;
        _answered = true;
        SecondHelloDue = _flow.Facts is { Tls.Version: TlsVersion.Tls13, Interception: not Interception.Inside } && HelloRetryRequest.IsAt(answer);
    }

    /// <summary>Looks at the second hello; false when it ends the flow.</summary>
    public async ValueTask<bool> PassSecondHelloAsync()
    {
        SecondHelloDue = false;
        if (await SecondHello.IsForTheSameServerAsync(_flow)) return true;
        Fail(EndReason.ServerNameChanged);
        return false;
    }

    /// <summary>Whether the request's body is not wanted any more.</summary>
    public bool BodyStopped { get; private set; }

    /// <summary>Lets a request's body end where it stands: the response is complete already.</summary>
    public void StopBody()
    {
        BodyStopped = true;
        _flow.Client.InterruptRead();
        _upstream.InterruptWrite();
    }

    /// <summary>Bytes went through.</summary>
    public void Moved(bool fromClient, int bytes)
    {
        _lastByte = _flow.Reactor.Now;
        if (fromClient) _flow.CountSent(bytes);
        else _flow.CountReceived(bytes);
        if (LimitOf(fromClient) is not { } bucket) return;
        (fromClient ? ref _sentPause : ref _receivedPause) = bucket.Pay(bytes);
    }

    /// <summary>How many bytes a direction moves at a time, by its limit.</summary>
    public int Quantum(bool fromClient) => LimitOf(fromClient)?.Quantum ?? int.MaxValue;

    /// <summary>Waits as long as the flow's limit asks for after what was moved; not at all without one.</summary>
    public ValueTask PauseAsync(bool fromClient)
    {
        ref var pause = ref (fromClient ? ref _sentPause : ref _receivedPause);
        var milliseconds = pause;
        pause = 0;
        return milliseconds > 0 ? WaitAsync(milliseconds) : default;
    }

    /// <summary>Whether a direction has to wait by its limit.</summary>
    public bool IsPauseDue(bool fromClient) => (fromClient ? _sentPause : _receivedPause) > 0;

    private TokenBucket? LimitOf(bool fromClient) => fromClient ? _flow.Limit?.Share.Sent : _flow.Limit?.Share.Received;

    private async ValueTask WaitAsync(int milliseconds)
    {
        _pausing++;
        for (var due = _flow.Reactor.Now + milliseconds; _flow.Reactor.Now < due && !_failed && !_flow.Client.IsStopped && !_upstream.IsStopped;)
            await Task.Delay((int)Math.Min(due - _flow.Reactor.Now, LongestPause));
        _pausing--;
        _lastByte = _flow.Reactor.Now;
    }

    /// <summary>Ends both directions; the first reason counts.</summary>
    public void Fail(EndReason reason)
    {
        if (_failed || BodyStopped) return;
        _failed = true;
        _reason = reason;
        // A reset on one side is passed on to the other.
        if (reason == EndReason.ClientReset) _upstream.ResetOnClose();
        else if (reason == EndReason.UpstreamReset) _flow.Client.ResetOnClose();
        _flow.Client.Abort();
        _upstream.Abort();
    }

    public void Stop() => _flow.Reactor.Cancel(this);

    protected internal override void OnTimer()
    {
        // Who is made to wait is not idle.
        var due = (_pausing > 0 ? _flow.Reactor.Now : _lastByte) + _idle;
        if (due > _flow.Reactor.Now) _flow.Reactor.Arm(this, due);
        else Fail(EndReason.IdleTimeout);
    }
}
