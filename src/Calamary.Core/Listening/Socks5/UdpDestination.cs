using Calamary.Core.Protocols.Socks;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Socks5;

/// <summary>One destination of an association, a flow of its own: its verdict, and the datagrams that wait for it. To the pipeline it
/// is the flow's connection to the client and its mode.</summary>
internal sealed class UdpDestination : Connection, IMode
{
    /// <summary>So many datagrams wait for a verdict, at most.</summary>
    public const int MaxWaiting = 16;

    /// <summary>A refusal that may pass (a failed lookup, limits) is forgotten after this time.</summary>
    private const long FailureMilliseconds = 1000;

    private readonly UdpAssociation _association;
    private readonly Queue<byte[]> _waiting = new();
    private IReadOnlyList<Endpoint> _targets = [];
    private int _target;
    private EndReason _refusal;
    private long _refusedAt;

    /// <param name="association">Whose it is.</param>
    /// <param name="asked">Where the client's datagrams go.</param>
    /// <param name="policy">What judges them.</param>
    /// <param name="source">Where the client sends from.</param>
    public UdpDestination(UdpAssociation association, in SocksTarget asked, FlowPolicy policy, Endpoint source)
        : base(association.Control.Reactor)
    {
        (_association, Asked) = (association, asked);
        IsReadable = false;
        LastSeen = Reactor.Now;
        var facts = association.Control.Facts with
        {
            Source = source,
            Destination = new Endpoint(asked.Address, asked.Port),
            RequestedHost = asked.Name,
            Transport = TransportProtocol.Udp,
            Protocol = ProtocolId.Unknown,
            Known = FactStages.Payload | (asked.Name is null ? FactStages.Destination : FactStages.None),
        };
        Flow = new Flow(this, this, policy, association.Control.Table, in facts);
    }

    /// <summary>Where the client's datagrams go, in its own words.</summary>
    public SocksTarget Asked { get; }

    public Flow Flow { get; }

    /// <summary>When the last datagram came, in either direction.</summary>
    public long LastSeen { get; private set; }

    /// <summary>Whether there was a verdict to accept it.</summary>
    public bool HasTarget => _targets.Count > 0;

    /// <summary>Whether its datagrams are sent on.</summary>
    public bool IsAccepted => HasTarget && !IsClosed;

    /// <summary>Whether its datagrams wait for a verdict.</summary>
    public bool IsPending => !HasTarget && !IsClosed;

    /// <summary>Whether it has ended without leaving a refusal to be remembered.</summary>
    public bool IsOver => IsClosed && _refusal switch
    {
        EndReason.None => true,
        EndReason.NameNotFound or EndReason.NameLookupFailed or EndReason.LimitExceeded => Reactor.Now - _refusedAt > FailureMilliseconds,
        _ => false,
    };

    /// <summary>Whether it stands by the policy in force: a refusal is judged again by a new one, and one that runs goes on when it would be
    /// accepted to the same target.</summary>
    public bool Holds(FlowPolicy policy) =>
        IsClosed ? !IsOver && Flow.Policy == policy : IsPending || Flow.Policy == policy || FlowJudge.TryTakeOver(Flow, policy);

    /// <summary>Where it is sent to now.</summary>
    public Endpoint Target => _targets[_target];

    public override ReactorSocket Socket => _association.Control.Client.Socket;

    public ServerNameUse ServerName => ServerNameUse.Never;

    public bool CanAnswer => false;

    private long IdleMilliseconds => (long)Flow.Policy.Timeouts.Idle.TotalMilliseconds;

    /// <summary>A datagram came, in either direction.</summary>
    public void Touch() => LastSeen = Reactor.Now;

    /// <summary>Keeps a datagram until the verdict; false when there are too many.</summary>
    public bool TryKeep(ReadOnlySpan<byte> data)
    {
        if (_waiting.Count >= MaxWaiting) return false;
        _waiting.Enqueue(data.ToArray());
        return true;
    }

    /// <summary>The address in use cannot be reached: takes the next one, if there is one.</summary>
    public bool TryNextTarget()
    {
        if (_target + 1 >= _targets.Count) return false;
        Flow.Facts.Destination = _targets[++_target];
        return true;
    }

    /// <summary>The stage relay: datagrams go through until it is idle or ended from outside.</summary>
    public async ValueTask<EndReason> ForwardAsync(IReadOnlyList<Endpoint> targets)
    {
        if (IsStopped) return EndReason.Completed;
        _targets = targets;
        // A reload may have come during the lookup.
        if (!Holds(_association.Policy)) return EndReason.Completed;
        while (TakeWaiting() is { } data) _association.SendToServer(this, data);
        SetDeadline(LastSeen + IdleMilliseconds);
        return await WaitReadableAsync() == WaitResult.TimedOut ? EndReason.IdleTimeout : EndReason.Completed;
    }

    public async ValueTask<(HandshakeOutcome Outcome, EndReason Reason)> HandshakeAsync(Flow flow)
    {
        var refusal = _association.Rights.Check(out var detail);
        if (refusal == EndReason.None) return (HandshakeOutcome.Tunnel, default);
        flow.FailureDetail = detail;
        await FailedAsync(flow, refusal);
        return (HandshakeOutcome.Ended, refusal);
    }

    public ValueTask<bool> BeforePeekAsync(Flow flow) => new(true);

    public ValueTask<bool> ConnectedAsync(Flow flow) => new(true);

    public ValueTask FailedAsync(Flow flow, EndReason reason)
    {
        (_refusal, _refusedAt) = (reason, Reactor.Now);
        return default;
    }

    public override int TryReceive(Span<byte> buffer)
    {
        if (TakeWaiting() is not { } data) return -Errno.Again;
        var length = Math.Min(data.Length, buffer.Length);
        data.AsSpan(0, length).CopyTo(buffer);
        return length;
    }

    public override int TryPeek(Span<byte> buffer)
    {
        if (!_waiting.TryPeek(out var data)) return -Errno.Again;
        var length = Math.Min(data.Length, buffer.Length);
        data.AsSpan(0, length).CopyTo(buffer);
        return length;
    }

    public override int TryDiscard(int count) => TakeWaiting()?.Length ?? -Errno.Again;

    public override int Available() => _waiting.TryPeek(out var data) ? data.Length : 0;

    /// <summary>Answers come from the association, which knows whom they are from.</summary>
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
        while (TakeWaiting() is not null)
        {
        }
        _association.Ended(this, remember: _refusal != EndReason.None);
    }

    protected internal override void OnTimer()
    {
        var due = LastSeen + IdleMilliseconds;
        if (due > Reactor.Now) Reactor.Arm(this, due);
        else base.OnTimer();
    }

    private byte[]? TakeWaiting()
    {
        if (!_waiting.TryDequeue(out var data)) return null;
        _association.NoLongerWaiting(data.Length);
        return data;
    }
}
