using Calamary.Core.Observability;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Datagrams;

/// <summary>The datagrams between one client and one destination. The first ones wait until a flow has brought them a verdict. Behind it
/// they go through, or are dropped; what begins something else among them is judged by a flow of its own.</summary>
/// <param name="owner">Whose it is.</param>
/// <param name="facts">What is known of its flows before a datagram was looked at.</param>
internal sealed class UdpAssociation(IUdpOwner owner, in FlowFacts facts) : TimerNode, IDatagramSink
{
    /// <summary>A refusal that may pass (a failed lookup, limits) is forgotten after this time.</summary>
    private const long FailureMilliseconds = 1000;

    private readonly FlowFacts _facts = facts;
    private Flow? _judging;
    private DatagramConnection? _waiting;
    private Flow? _running;
    private DatagramConnection? _connection;
    private DatagramRoute? _toClient;
    private DatagramRoute? _toServer;
    private DatagramWatch? _watch;
    private IReadOnlyList<Endpoint> _targets = [];
    private int _target;
    private FlowPolicy? _refusedBy;
    private bool _isAnswered;
    private bool _stripsEch;

    /// <summary>What is known of its flows before a datagram was looked at.</summary>
    public ref readonly FlowFacts Facts => ref _facts;

    /// <summary>How the owner finds it.</summary>
    public object? Key { get; init; }

    /// <summary>The address of this machine that the client's datagrams come to, where the socket has several.</summary>
    public Address? Local { get; init; }

    /// <summary>Whether a flow waits for its verdict.</summary>
    public bool IsJudging => _judging is not null;

    /// <summary>Whether datagrams go through.</summary>
    public bool IsRunning => _running is not null;

    /// <summary>Whether it is kept in mind as refused.</summary>
    public bool IsRefused => _refusedBy is not null;

    /// <summary>Whether nothing is left of it.</summary>
    public bool IsOver => !IsJudging && !IsRunning && !IsRefused;

    /// <summary>Where its datagrams go; unless it runs, where they were to go.</summary>
    public Endpoint Target => _targets.Count > 0 ? _targets[_target] : _facts.Destination;

    /// <summary>When the last datagram came, in either direction.</summary>
    public long LastSeen { get; private set; }

    /// <summary>Takes a client's datagrams.</summary>
    /// <param name="data">One or more, in the reactor's receive buffer.</param>
    /// <param name="segment">The size of each but the last.</param>
    public void FromClient(ReadOnlyMemory<byte> data, int segment)
    {
        LastSeen = owner.Reactor.Now;
        if (_running is not null && _judging is null && _watch is null && (!owner.FollowsReloads || _running.Policy == owner.Policy))
        {
            Forward(data, segment);
            return;
        }
        var at = 0;
        do
        {
            var length = Math.Min(segment, data.Length - at);
            Take(data.Slice(at, length));
            at += segment;
        }
        while (at < data.Length);
    }

    /// <summary>Takes a server's datagrams, in the reactor's receive buffer.</summary>
    public void FromServer(Memory<byte> data, int segment)
    {
        if (_running is not { } flow || _toClient is not { } route) return;
        LastSeen = _connection!.LastSeen = owner.Reactor.Now;
        if (_connection.WaitingBytes > 0) StopWaiting(_connection);
        flow.CountReceived(data.Length);
        if (!_stripsEch)
        {
            owner.Reactor.Outbox.Add(route, data.Span, segment);
            return;
        }
        for (var at = 0; at < data.Length; at += segment)
        {
            var answer = data.Slice(at, Math.Min(segment, data.Length - at)).Span;
            // What nobody can read to its end is lost: somebody might find ECH in it.
            if (DnsEch.Strip(answer, out var length) != DnsEchOutcome.Malformed) owner.Reactor.Outbox.Add(route, answer[..length], length);
            else owner.Metrics.DatagramLost(DatagramLoss.Malformed);
        }
    }

    /// <summary>The stage relay: lets the waiting datagrams go, and all others until it is idle or ended from outside.</summary>
    /// <param name="flow">A flow that was accepted.</param>
    /// <param name="connection">Its client.</param>
    /// <param name="targets">Where it may go.</param>
    /// <param name="prefix">What stands before each datagram.</param>
    public async ValueTask<EndReason> RelayAsync(Flow flow, DatagramConnection connection, IReadOnlyList<Endpoint> targets, byte[] prefix)
    {
        if (connection.IsStopped) return EndReason.Completed;
        if (Open(flow, targets, prefix) is var failure and not EndReason.None)
        {
            if (prefix.Length == 0) Refuse(flow, failure);
            return failure;
        }
        TakeOver(flow, connection);
        var waiting = connection.Waiting.ToArray();
        var judged = Math.Min(connection.Judged, waiting.Length);
        foreach (var datagram in waiting.AsSpan(0, judged)) Send(datagram);
        // A proxy that is not there shows only now, and another one is to get them.
        if (prefix.Length == 0) StopWaiting(connection);
        else (_waiting, _judging) = (null, null);
        owner.Changed(this);
        // A first one that was not judged is lost: judged for itself, it might once more stand in front of the same.
        foreach (var datagram in waiting.AsSpan(judged == 0 ? Math.Min(1, waiting.Length) : judged)) Take(datagram);
        return await connection.WaitForEndAsync();
    }

    /// <summary>A flow was denied or failed: what it has kept goes nowhere, and the rest of it neither.</summary>
    public void Refuse(Flow flow, EndReason reason)
    {
        if (flow != _judging) return;
        if (flow.Facts.Has(FactStages.Payload)) Watch(flow.Policy).Remember(in flow.Facts, isAccepted: false);
        _isAnswered = flow.Policy.RejectsDatagrams && reason is EndReason.DeniedByRule or EndReason.DeniedByDefault or EndReason.DeniedByDenyAlways
            or EndReason.DialNoRoute or EndReason.NoProxyLeft or EndReason.NameNotFound or EndReason.NameLookupFailed;
        if (_isAnswered) Answer(_waiting!.Waiting[0].Span, isFirst: true);
        if (_running is null)
        {
            _refusedBy = flow.Policy;
            var mayPass = reason is EndReason.NameNotFound or EndReason.NameLookupFailed or EndReason.LimitExceeded or EndReason.DialExhausted or EndReason.DialNoRoute
                or EndReason.NoProxyLeft;
            owner.Reactor.Arm(this, owner.Reactor.Now + (mayPass ? FailureMilliseconds : IdleMilliseconds(flow)));
        }
        owner.Changed(this);
    }

    /// <summary>Forgets a refusal.</summary>
    public void Forgive()
    {
        Forget();
        owner.Changed(this);
    }

    /// <summary>Ends its flows.</summary>
    public void End(EndReason reason)
    {
        Forget();
        _connection?.EndAs(reason);
        _waiting?.EndAs(reason);
    }

    void IDatagramSink.OnDatagrams(UdpSocket socket, DatagramBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (socket == _toServer?.Socket) FromServer(batch.Data(i), batch.SegmentSize(i));
        }
    }

    void IDatagramSink.OnError(UdpSocket socket, int errno)
    {
        if (socket == _toServer?.Socket) ServerFailed(errno);
    }

    /// <summary>The server's machine says that nobody is there.</summary>
    public void ServerFailed(int errno)
    {
        if (_running is not { } flow) return;
        flow.FailureDetail = Errno.Describe(errno);
        if (flow.BytesReceived == 0 && _toServer!.Prefix.Length > 0)
        {
            _connection!.Fail(EndReason.DialRefused);
            return;
        }
        if (owner.IsTransparent) owner.Reactor.Icmp.SendPortUnreachable(_facts.Source, _facts.Destination);
        _connection!.EndAs(flow.BytesReceived == 0 ? EndReason.DialRefused : EndReason.UpstreamReset);
    }

    protected internal override void OnTimer() => Forgive();

    private static long IdleMilliseconds(Flow flow) => (long)flow.Policy.Timeouts.Idle.TotalMilliseconds;

    private void Take(ReadOnlyMemory<byte> datagram)
    {
        FollowReload();
        if (_waiting is { } waiting)
        {
            Keep(waiting, datagram.Span);
            return;
        }
        var fate = !IsRunning && !IsRefused ? DatagramFate.Begins : _watch?.Look(in datagram) ?? DatagramFate.Belongs;
        if (fate == DatagramFate.Begins) Judge(datagram);
        else if (fate == DatagramFate.Belongs && IsRunning) Forward(datagram, datagram.Length);
        else Drop(datagram.Span);
    }

    private void Drop(ReadOnlySpan<byte> datagram)
    {
        owner.Metrics.DatagramLost(DatagramLoss.Denied);
        if (_isAnswered) Answer(datagram, isFirst: false);
    }

    /// <summary>Tells the client that a datagram goes nowhere. A server's refusal ends a new QUIC connection wherever the client is; behind
    /// TPROXY the network's ends all else, one that was running too.</summary>
    private void Answer(ReadOnlySpan<byte> datagram, bool isFirst)
    {
        Span<byte> close = stackalloc byte[QuicClose.MaxLength];
        if ((isFirst || !owner.IsTransparent) && QuicClose.TryWrite(datagram, close, out var length)) SendToClient(close[..length]);
        else if (owner.IsTransparent) owner.Reactor.Icmp.SendPortUnreachable(_facts.Source, _facts.Destination);
    }

    private void SendToClient(ReadOnlySpan<byte> datagram)
    {
        if ((_toClient ?? owner.OpenToClient(this, out _)) is not { } route) return;
        owner.Reactor.Outbox.Send(route, datagram);
        if (_toClient is null) owner.Close(this, route);
    }

    private void FollowReload()
    {
        var policy = owner.Policy;
        // A refusal is judged again by what is in force now.
        if (_refusedBy is not null && _refusedBy != policy) Forget();
        if (!owner.FollowsReloads || _running is not { } flow || flow.Policy == policy) return;
        if (flow.Policy.Output == policy.Output && FlowJudge.TryTakeOver(flow, policy)) return;
        _connection!.EndAs(EndReason.Completed);
    }

    private void Judge(ReadOnlyMemory<byte> datagram)
    {
        var connection = new DatagramConnection(owner.Reactor, null, owner.Policy.PeekBytes) { OnClosed = Closed };
        if (!Keep(connection, datagram.Span)) return;
        _waiting = connection;
        _judging = owner.CreateFlow(this, connection);
        // What a second hello of the same connection is encrypted with.
        _judging.Facts.Quic = _running?.Facts.Quic;
        _ = owner.RunAsync(_judging);
    }

    private bool Keep(DatagramConnection connection, ReadOnlySpan<byte> datagram)
    {
        var isHeld = owner.TryHold(datagram.Length);
        if (isHeld && connection.TryKeep(datagram)) return true;
        if (isHeld) owner.Release(datagram.Length);
        owner.Metrics.DatagramLost(DatagramLoss.Waiting);
        return false;
    }

    private void StopWaiting(DatagramConnection connection)
    {
        owner.Release(connection.WaitingBytes);
        connection.Release();
        if (connection != _waiting) return;
        (_waiting, _judging) = (null, null);
    }

    /// <summary>Opens what is not open yet, at the first target that can be reached.</summary>
    private EndReason Open(Flow flow, IReadOnlyList<Endpoint> targets, byte[] prefix)
    {
        if (_toServer is null || !targets.Contains(Target))
        {
            for (var i = 0; i < targets.Count; i++)
            {
                var route = owner.OpenToServer(this, targets[i], flow.Policy, out var errno);
                if (route is null && IsNoRoute(errno) && i < targets.Count - 1) continue;
                if (route is null) return Failed(flow, errno, "");
                if (_toServer is not null) owner.Close(this, _toServer);
                (_toServer, _targets, _target) = (route with { Prefix = prefix }, targets, i);
                break;
            }
        }
        flow.UpstreamTarget = Target;
        // With a prefix it goes to a proxy, which goes there.
        if (prefix.Length == 0) flow.Facts.Destination = Target;
        return OpenBack(flow);
    }

    private EndReason OpenBack(Flow flow)
    {
        if (_toClient is not null) return EndReason.None;
        _toClient = owner.OpenToClient(this, out var errno);
        return _toClient is null ? Failed(flow, errno, "no way back to the client: ") : EndReason.None;
    }

    private static EndReason Failed(Flow flow, int errno, string what)
    {
        flow.FailureDetail = what + Errno.Describe(errno);
        return IsNoRoute(errno) ? EndReason.DialNoRoute : EndReason.DialExhausted;
    }

    private static bool IsNoRoute(int errno) => errno is Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.NetworkDown
        or Errno.AddressNotAvailable or Errno.FamilyNotSupported;

    private void TakeOver(Flow flow, DatagramConnection connection)
    {
        var former = _connection == connection ? null : _connection;
        (_running, _connection) = (flow, connection);
        Forget();
        connection.LastSeen = LastSeen;
        connection.IdleMilliseconds = IdleMilliseconds(flow);
        _stripsEch |= flow.Policy.StripsEch && flow.Facts.Protocol == DnsProtocol.Id;
        if (flow.Facts.Has(FactStages.Payload)) Watch(flow.Policy).Remember(in flow.Facts, isAccepted: true);
        else _watch = null;
        former?.EndAs(EndReason.Completed);
        if (flow.Policy.Debug) flow.Policy.Log.Forwarding(in flow.Facts);
    }

    private DatagramWatch Watch(FlowPolicy policy) => _watch ??= new DatagramWatch(policy.DatagramParsers);

    private void Forward(ReadOnlyMemory<byte> data, int segment)
    {
        _connection!.LastSeen = LastSeen;
        owner.Reactor.Outbox.Add(_toServer!, data.Span, segment);
        _running!.CountSent(data.Length);
    }

    /// <summary>Sends one that has waited. The kernel may know only now that there is no way to the target: then the next one is taken.</summary>
    private void Send(ReadOnlyMemory<byte> datagram)
    {
        var result = owner.Reactor.Outbox.Send(_toServer!, datagram.Span);
        while (IsNoRoute(-result) && _target + 1 < _targets.Count)
        {
            var route = owner.OpenToServer(this, _targets[++_target], _running!.Policy, out var errno);
            result = -errno;
            if (route is null) continue;
            owner.Close(this, _toServer!);
            _toServer = route;
            _running.Facts.Destination = _running.UpstreamTarget = Target;
            // Answers say where they come from.
            if (_toClient!.Prefix.Length > 0) _toClient = owner.OpenToClient(this, out _);
            result = owner.Reactor.Outbox.Send(_toServer, datagram.Span);
        }
        if (result >= 0) _running!.CountSent(datagram.Length);
    }

    private void Forget()
    {
        owner.Reactor.Cancel(this);
        if (_refusedBy is null) return;
        _refusedBy = null;
        if (!IsRunning) _watch = null;
    }

    private void CloseRoutes()
    {
        if (_toServer is not null) owner.Close(this, _toServer);
        if (_toClient is not null) owner.Close(this, _toClient);
        (_toServer, _toClient) = (null, null);
    }

    /// <summary>A flow has ended.</summary>
    private void Closed(DatagramConnection connection)
    {
        StopWaiting(connection);
        if (connection == _connection)
        {
            (_running, _connection) = (null, null);
            if (!IsRefused) _watch = null;
        }
        if (!IsRunning) CloseRoutes();
        owner.Changed(this);
    }
}
