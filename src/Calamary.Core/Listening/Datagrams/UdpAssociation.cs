using Calamary.Core.Observability;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Datagrams;

/// <summary>The datagrams between one client and one destination. The first ones wait until a flow has brought them a verdict. Behind it
/// they go through, or are dropped; what begins something else among them is judged by a flow of its own.</summary>
internal sealed class UdpAssociation : TimerNode, IDatagramSink
{
    /// <summary>A refusal that may pass (a failed lookup, limits) is forgotten after this time.</summary>
    private const long FailureMilliseconds = 1000;

    private readonly IUdpOwner _owner;
    private readonly FlowFacts _facts;
    private readonly UdpRoutes _routes;
    private Flow? _judging;
    private DatagramConnection? _waiting;
    private Flow? _running;
    private DatagramConnection? _connection;
    private DatagramWatch? _watch;
    private FlowPolicy? _refusedBy;
    private bool _isAnswered;
    private bool _stripsEch;

    /// <param name="owner">Whose it is.</param>
    /// <param name="facts">What is known of its flows before a datagram was looked at.</param>
    public UdpAssociation(IUdpOwner owner, in FlowFacts facts)
    {
        (_owner, _facts) = (owner, facts);
        _routes = new UdpRoutes(owner, this);
    }

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
    public Endpoint Target => _routes.Target;

    /// <summary>When the last datagram came, in either direction.</summary>
    public long LastSeen { get; private set; }

    /// <summary>Takes a client's datagrams.</summary>
    /// <param name="data">One or more, in the reactor's receive buffer.</param>
    /// <param name="segment">The size of each but the last.</param>
    public void FromClient(ReadOnlyMemory<byte> data, int segment)
    {
        LastSeen = _owner.Reactor.Now;
        if (_running is not null && _judging is null && _watch is null && (!_owner.FollowsReloads || _running.Policy == _owner.Policy))
        {
            Forward(data, segment);
            return;
        }
        var at = 0;
        do
        {
            var length = Math.Min(segment, data.Length - at);
            Take(data.Slice(at, length), hasWaited: false);
            at += segment;
        }
        while (at < data.Length);
    }

    /// <summary>Takes a server's datagrams, in the reactor's receive buffer.</summary>
    public void FromServer(Memory<byte> data, int segment)
    {
        if (_running is not { } flow) return;
        LastSeen = _connection!.LastSeen = _owner.Reactor.Now;
        if (!_connection.Waiting.IsEmpty) _connection.Release();
        if (flow.Limit?.Share.Received?.TryPay(data.Length) == false)
        {
            _owner.Metrics.DatagramLost(DatagramLoss.Limited);
            return;
        }
        flow.CountReceived(data.Length);
        if (!_stripsEch)
        {
            _routes.AddToClient(data.Span, segment);
            return;
        }
        for (var at = 0; at < data.Length; at += segment)
        {
            var answer = data.Slice(at, Math.Min(segment, data.Length - at)).Span;
            // What nobody can read to its end is lost: somebody might find ECH in it.
            if (DnsEch.Strip(answer, out var length) != DnsEchOutcome.Malformed) _routes.AddToClient(answer[..length], length);
            else _owner.Metrics.DatagramLost(DatagramLoss.Malformed);
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
        if (_routes.Open(flow, targets, prefix) is var failure and not EndReason.None)
        {
            if (prefix.Length == 0) Refuse(flow, failure);
            return failure;
        }
        TakeOver(flow, connection);
        var waiting = connection.Waiting.ToArray();
        StopWaiting(connection);
        // A proxy that is not there shows only now, and another one is to get them.
        if (prefix.Length > 0) connection.Retain(waiting);
        _owner.Changed(this);
        var others = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < waiting.Length; i++)
        {
            // What was before or between the parts of a hello has not been judged with it.
            if (_watch is null || (i == 0 && connection.IsOfFirst) || _watch.Look(in waiting[i]) == DatagramFate.Belongs) Send(waiting[i]);
            else others.Add(waiting[i]);
        }
        foreach (var datagram in others) Take(datagram, hasWaited: true);
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
            _owner.Reactor.Arm(this, _owner.Reactor.Now + (mayPass ? FailureMilliseconds : IdleMilliseconds(flow)));
        }
        _owner.Changed(this);
    }

    /// <summary>Forgets a refusal.</summary>
    public void Forgive()
    {
        Forget();
        _owner.Changed(this);
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
            if (_routes.IsToServer(socket)) FromServer(batch.Data(i), batch.SegmentSize(i));
        }
    }

    void IDatagramSink.OnError(UdpSocket socket, int errno)
    {
        // That a datagram was too large for the way, the kernel keeps in mind for those that follow.
        if (_routes.IsToServer(socket) && errno != Errno.MessageSize) ServerFailed(errno);
    }

    protected internal override void OnTimer() => Forgive();

    private static long IdleMilliseconds(Flow flow) => (long)flow.Policy.Timeouts.Idle.TotalMilliseconds;

    /// <summary>The server's machine says that nobody is there.</summary>
    private void ServerFailed(int errno)
    {
        if (_running is not { } flow) return;
        flow.FailureDetail = Errno.Describe(errno);
        if (flow.BytesReceived == 0 && _routes.HasPrefix)
        {
            _connection!.Fail(EndReason.DialRefused);
            return;
        }
        if (_owner.IsTransparent) _owner.Reactor.Icmp.SendPortUnreachable(_facts.Source, _facts.Destination);
        _connection!.EndAs(flow.BytesReceived == 0 ? EndReason.DialRefused : EndReason.UpstreamReset);
    }

    private void Take(ReadOnlyMemory<byte> datagram, bool hasWaited)
    {
        FollowReload();
        var fate = !IsRunning && !IsRefused ? DatagramFate.Begins : _watch?.Look(in datagram) ?? DatagramFate.Belongs;
        if (fate == DatagramFate.Belongs && IsRunning && hasWaited) Send(datagram);
        else if (fate == DatagramFate.Belongs && IsRunning) Forward(datagram, datagram.Length);
        else if (fate != DatagramFate.Begins) Drop(datagram.Span);
        else if (_waiting is { } waiting) Keep(waiting, datagram.Span);
        else Judge(datagram);
    }

    private void Drop(ReadOnlySpan<byte> datagram)
    {
        _owner.Metrics.DatagramLost(DatagramLoss.Denied);
        if (_isAnswered) Answer(datagram, isFirst: false);
    }

    /// <summary>Tells the client that a datagram goes nowhere. A server's refusal ends a new QUIC connection wherever the client is; behind
    /// TPROXY the network's ends all else, one that was running too.</summary>
    private void Answer(ReadOnlySpan<byte> datagram, bool isFirst)
    {
        Span<byte> close = stackalloc byte[QuicClose.MaxLength];
        if ((isFirst || !_owner.IsTransparent) && QuicClose.TryWrite(datagram, close, out var length)) _routes.SendToClient(close[..length]);
        else if (_owner.IsTransparent) _owner.Reactor.Icmp.SendPortUnreachable(_facts.Source, _facts.Destination);
    }

    private void FollowReload()
    {
        var policy = _owner.Policy;
        // A refusal is judged again by what is in force now.
        if (_refusedBy is not null && _refusedBy != policy) Forget();
        if (!_owner.FollowsReloads || _running is not { } flow || flow.Policy == policy) return;
        if (flow.Policy.Output == policy.Output && FlowJudge.TryTakeOver(flow, policy)) return;
        _connection!.EndAs(EndReason.Completed);
    }

    private void Judge(ReadOnlyMemory<byte> datagram)
    {
        var connection = new DatagramConnection(_owner.Reactor, null, _owner.Policy.PeekBytes) { OnClosed = Closed };
        if (!Keep(connection, datagram.Span))
        {
            _owner.Changed(this);
            return;
        }
        _waiting = connection;
        _judging = _owner.CreateFlow(this, connection);
        // What a second hello of the same connection is encrypted with.
        _judging.Facts.Quic = _running?.Facts.Quic;
        _ = _owner.RunAsync(_judging);
    }

    private bool Keep(DatagramConnection connection, ReadOnlySpan<byte> datagram)
    {
        var isHeld = _owner.TryHold(datagram.Length);
        if (isHeld && connection.TryKeep(datagram)) return true;
        if (isHeld) _owner.Release(datagram.Length);
        _owner.Metrics.DatagramLost(DatagramLoss.Waiting);
        return false;
    }

    private void StopWaiting(DatagramConnection connection)
    {
        _owner.Release(connection.WaitingBytes);
        connection.Release();
        if (connection != _waiting) return;
        (_waiting, _judging) = (null, null);
    }

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
        // Datagrams over the rate are lost, as on a link of that rate.
        if (_running!.Limit?.Share.Sent?.TryPay(data.Length) == false)
        {
            _owner.Metrics.DatagramLost(DatagramLoss.Limited);
            return;
        }
        _routes.AddToServer(data.Span, segment);
        _running!.CountSent(data.Length);
    }

    /// <summary>Sends one that has waited, from where it was kept.</summary>
    private void Send(ReadOnlyMemory<byte> datagram)
    {
        if (_routes.Send(_running!, datagram.Span) >= 0) _running!.CountSent(datagram.Length);
    }

    private void Forget()
    {
        _owner.Reactor.Cancel(this);
        if (_refusedBy is null) return;
        _refusedBy = null;
        if (!IsRunning) _watch = null;
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
        if (!IsRunning) _routes.Close();
        _owner.Changed(this);
    }
}
