using Calamary.Core.Listening.Datagrams;
using Calamary.Core.Observability;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Socks;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Socks5;

/// <summary>UDP ASSOCIATE (RFC 1928 §7): datagrams of one client to any number of destinations, each judged for itself. It lives as long
/// as the client's TCP connection, and no longer than <c>timeout.idle</c> without a datagram.</summary>
internal sealed class SocksAssociation : IUdpOwner, IDatagramSink, IDisposable
{
    /// <summary>So many bytes wait for verdicts, over all destinations.</summary>
    private const int MaxWaitingBytes = 64 * 1024;

    /// <summary>After so many reads of the TCP connection, other flows of the thread go first.</summary>
    private const int Turns = 64;

    private readonly Func<FlowPolicy> _policy;
    private readonly Func<Flow, Task> _run;
    private readonly UdpRights _rights;
    private readonly SocksUpstreams _upstreams;
    private readonly SocksDestinations _destinations = new();
    private readonly Flow _control;
    private UdpSocket? _relay;
    private Endpoint _client;
    private int _waitingBytes;
    private long _lastSeen;

    /// <param name="control">The client's TCP connection.</param>
    /// <param name="clientPort">The port that its datagrams come from; 0 for that of the first one.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="rights">Whether it may have further destinations.</param>
    /// <param name="run">Takes the flow of each destination through the pipeline.</param>
    public SocksAssociation(Flow control, ushort clientPort, Func<FlowPolicy> policy, UdpRights rights, Func<Flow, Task> run)
    {
        (_control, _policy, _rights, _run) = (control, policy, rights, run);
        _client = control.Facts.Source with { Port = clientPort };
        _upstreams = new SocksUpstreams(control.Reactor, this);
    }

    public Reactor Reactor => _control.Reactor;

    public MetricsShard Metrics => _control.Metrics;

    public FlowPolicy Policy => _policy();

    public bool FollowsReloads => true;

    public bool IsTransparent => false;

    /// <summary>Opens the relay that the client sends its datagrams to; null and the error when there is none.</summary>
    public Endpoint? Open(Address local, out int errno)
    {
        _relay = UdpSocket.Bind(Reactor, new Endpoint(local, 0), this, out errno);
        return _relay is not null && _relay.TryGetLocal(out var bound) ? bound : null;
    }

    /// <summary>Relays to the end of the TCP connection. RFC 1928 has nothing more to be said on it: bytes are thrown away.</summary>
    public async ValueTask<EndReason> RunAsync()
    {
        _lastSeen = Reactor.Now;
        var client = _control.Client;
        var idle = (long)_control.Policy.Timeouts.Idle.TotalMilliseconds;
        client.SetDeadline(_lastSeen + idle);
        for (var turns = 1; ; turns++)
        {
            switch (await client.WaitReadableAsync())
            {
                case WaitResult.Aborted:
                    return EndReason.ClientReset;
                case WaitResult.TimedOut when _lastSeen + idle <= Reactor.Now:
                    return EndReason.IdleTimeout;
                case WaitResult.TimedOut:
                    client.SetDeadline(_lastSeen + idle);
                    break;
                default:
                    var count = client.TryDiscard(Reactor.ScratchBytes);
                    if (count == 0) return EndReason.Completed;
                    if (count is < 0 and not -Errno.Again) return EndReason.ClientReset;
                    if (turns % Turns == 0) await Task.Yield();
                    break;
            }
        }
    }

    /// <summary>Ends the flows of its destinations.</summary>
    public void Dispose()
    {
        _relay?.Dispose();
        foreach (var destination in _destinations.TakeAll()) destination.End(EndReason.Completed);
        _upstreams.Dispose();
    }

    public void OnDatagrams(UdpSocket socket, DatagramBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (data, segment, source) = (batch.Data(i), batch.SegmentSize(i), batch.Source(i));
            if (socket != _relay)
            {
                FromServer(data, segment, source);
                continue;
            }
            for (var at = 0; at < data.Length; at += segment) FromClient(data.Slice(at, Math.Min(segment, data.Length - at)), source);
        }
    }

    /// <summary>What an earlier datagram has met; which one, is not told.</summary>
    public void OnError(UdpSocket socket, int errno)
    {
    }

    public Flow CreateFlow(UdpAssociation association, DatagramConnection connection) =>
        new(connection, new UdpMode(this, association, ServerNameUse.Never), Policy, _control.Table, in association.Facts);

    public Task RunAsync(Flow flow) => _run(flow);

    public EndReason Admit(Flow flow)
    {
        var refusal = _rights.Check(out var detail);
        flow.FailureDetail = detail;
        return refusal;
    }

    public DatagramRoute? OpenToClient(UdpAssociation association, out int errno)
    {
        errno = 0;
        var header = new byte[SocksWriter.HeaderLength(association.Target)];
        SocksWriter.WriteHeader(header, association.Target);
        return _relay is null ? null : new DatagramRoute(_relay, _client, null, header);
    }

    public DatagramRoute? OpenToServer(UdpAssociation association, Endpoint target, FlowPolicy policy, out int errno)
    {
        if (_upstreams.Open(target, policy.Output, out errno) is not { } socket) return null;
        _destinations.ExpectAnswers(association, target);
        return new DatagramRoute(socket, target, null, []);
    }

    public void Close(UdpAssociation association, DatagramRoute route)
    {
        if (route.Socket == _relay) return;
        _destinations.ExpectNoAnswers(association, route.To!.Value);
        // An association that does nothing holds no more descriptors than other flows.
        _upstreams.Close();
    }

    public bool TryHold(int bytes)
    {
        if (_waitingBytes + bytes > MaxWaitingBytes) return false;
        _waitingBytes += bytes;
        return true;
    }

    public void Release(int bytes) => _waitingBytes -= bytes;

    public void Changed(UdpAssociation association)
    {
        if (association.IsOver) _destinations.Remove(association);
    }

    private void FromClient(Memory<byte> data, Endpoint source)
    {
        if (source.Address != _client.Address || (_client.Port != 0 && source.Port != _client.Port)) return;
        var parsed = SocksDatagram.Parse(data.Span, out var datagram);
        // Fragments are not put together, which RFC 1928 allows.
        if (parsed.Status != ParseStatus.Done || datagram.Fragment != 0 || datagram.Target.Port == 0) return;
        _client = source;
        _lastSeen = Reactor.Now;
        var payload = data[parsed.Length..];
        if (Find(datagram.Target) is { } destination) destination.FromClient(payload, payload.Length);
    }

    private void FromServer(Memory<byte> data, int segment, Endpoint source)
    {
        if (_destinations.FindAnswering(source) is not { } destination) return;
        _lastSeen = Reactor.Now;
        destination.FromServer(data, segment);
    }

    private UdpAssociation? Find(in SocksTarget asked)
    {
        if (_destinations.Find(asked) is { } known) return known;
        if (!_destinations.TryMakeRoom()) return null;
        var facts = _control.Facts with
        {
            Source = _client,
            Destination = new Endpoint(asked.Address, asked.Port),
            RequestedHost = asked.Name,
            Transport = TransportProtocol.Udp,
            Known = asked.Name is null ? FactStages.Destination : FactStages.None,
        };
        var destination = new UdpAssociation(this, in facts) { Key = asked };
        _destinations.Add(asked, destination);
        return destination;
    }
}
