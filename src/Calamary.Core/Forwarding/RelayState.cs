using Calamary.Core.Protocols.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>What both directions of a relay share: the counters, the idle timer and the first reason to end.</summary>
internal sealed class RelayState : TimerNode
{
    private readonly Flow _flow;
    private readonly Connection _upstream;
    private readonly long _idle;
    private EndReason _reason = EndReason.Completed;
    private bool _failed;
    private bool _answered;
    private long _lastByte;

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
        var due = _lastByte + _idle;
        if (due > _flow.Reactor.Now) _flow.Reactor.Arm(this, due);
        else Fail(EndReason.IdleTimeout);
    }
}
