using Calamary.Core.Configuration;
using Calamary.Core.Observability;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.ProxyProtocol;
using Calamary.Core.Transport;

namespace Calamary.Core.Listening.Datagrams;

/// <summary>One reactor's share of a UDP listener: redirected by TPROXY, or with a PROXY header on every datagram.</summary>
/// <param name="local">Where it listens.</param>
/// <param name="model">What the listener is now: a reload may change it without reopening the socket.</param>
/// <param name="policy">The policy that a new flow takes.</param>
/// <param name="table">The reactor's flows.</param>
/// <param name="run">Takes a flow through the pipeline.</param>
internal sealed class UdpListener(Endpoint local, Func<ListenerModel> model, Func<FlowPolicy> policy, FlowTable table, Func<Flow, Task> run)
    : IUdpOwner, IDatagramSink
{
    /// <summary>So many bytes wait for verdicts, over all associations.</summary>
    private const int MaxWaitingBytes = 16 * 1024 * 1024;

    private readonly UdpTable _associations = new();
    private UdpSocket? _socket;
    private ReplySockets? _replies;
    private int _waitingBytes;
    private bool _closed;

    public Reactor Reactor => table.Reactor;

    public MetricsShard Metrics => table.Metrics;

    public FlowPolicy Policy => policy();

    public bool FollowsReloads => false;

    public bool IsTransparent => model().Config.Mode == ListenerMode.Transparent;

    /// <summary>Begins to receive, or goes on after it was closed; call on the reactor's thread.</summary>
    public void Start(int descriptor)
    {
        var former = _closed && _associations.Count > 0 ? _socket : null;
        _closed = false;
        var added = UdpSocket.Attach(Reactor, descriptor, this);
        // The kernel would share the datagrams out between both.
        if (former is null) _socket = added;
        else added?.Dispose();
    }

    /// <summary>Takes no new flows; those that run go on. Call on the reactor's thread.</summary>
    public bool Close()
    {
        _closed = true;
        // The flows that run go on through the same socket.
        if (_associations.Count == 0) _socket?.Dispose();
        return true;
    }

    public void OnDatagrams(UdpSocket socket, DatagramBatch batch)
    {
        var isTransparent = IsTransparent;
        for (var i = 0; i < batch.Count; i++)
        {
            if (isTransparent) TakeRedirected(socket, batch, i);
            else TakeForwarded(batch, i);
        }
    }

    /// <summary>Answers to clients that are gone.</summary>
    public void OnError(UdpSocket socket, int errno)
    {
    }

    public Flow CreateFlow(UdpAssociation association, DatagramConnection connection)
    {
        var use = model().Config.ResolveSni ? ServerNameUse.Always : ServerNameUse.Never;
        return new Flow(connection, new UdpMode(this, association, use), Policy, table, in association.Facts);
    }

    public Task RunAsync(Flow flow)
    {
        if (flow.Policy.Debug) flow.Policy.Log.AcceptedSocket(local, TransportProtocol.Udp);
        return run(flow);
    }

    public EndReason Admit(Flow flow)
    {
        if (!IsTransparent) return IsTrusted(flow.Facts.Source.Address) || flow.Facts.Has(FactStages.Destination) ? Verify(flow) : EndReason.SourceNotTrusted;
        // Where a program of this machine may listen, nobody else can speak in its name.
        var destination = flow.Facts.Destination;
        if (destination != local && !flow.Policy.Guard.IsOwnAddress(destination.Address)) return EndReason.None;
        flow.FailureDetail = "the datagram is for this machine: the firewall must not redirect those";
        return EndReason.NotRedirected;
    }

    public DatagramRoute? OpenToClient(UdpAssociation association, out int errno)
    {
        errno = 0;
        if (association.Key is not UdpKey key || _socket is null) return null;
        if (!IsTransparent) return new DatagramRoute(_socket, key.Sender, association.Local, []);
        _replies ??= new ReplySockets(Reactor, this);
        return _replies.Open(key.Destination, out errno) is { } socket ? new DatagramRoute(socket, key.Client, null, []) : null;
    }

    public DatagramRoute? OpenToServer(UdpAssociation association, Endpoint target, FlowPolicy policy, out int errno)
    {
        if (UdpSocket.Connect(Reactor, target, policy.Output, association, out errno) is not { } socket) return null;
        if (socket.TryGetLocal(out var own)) policy.OwnDatagrams.Add(own);
        socket.Local = own;
        return new DatagramRoute(socket);
    }

    public void Close(UdpAssociation association, DatagramRoute route)
    {
        if (route.Socket == _socket) return;
        if (route.To is not null)
        {
            _replies?.Close(route.Socket.Local);
            return;
        }
        Policy.OwnDatagrams.Remove(route.Socket.Local);
        route.Socket.Dispose();
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
        _associations.Update(association);
        if (_closed && _associations.Count == 0) _socket?.Dispose();
    }

    private void TakeRedirected(UdpSocket socket, DatagramBatch batch, int slot)
    {
        var destination = socket.Local;
        if (socket == _socket && !batch.TryGetOriginalDestination(slot, out destination)) return;
        var source = batch.Source(slot);
        Find(new UdpKey(source, destination, source), default)?.FromClient(batch.Data(slot), batch.SegmentSize(slot));
    }

    /// <summary>Whoever may send a header decides whose rules apply, so it must be trusted before it is heard.</summary>
    private void TakeForwarded(DatagramBatch batch, int slot)
    {
        var sender = batch.Source(slot);
        batch.TryGetLocal(slot, out var own);
        var (data, segment) = (batch.Data(slot), batch.SegmentSize(slot));
        for (var at = 0; at < data.Length; at += segment)
        {
            var datagram = data.Slice(at, Math.Min(segment, data.Length - at));
            if (!IsTrusted(sender.Address))
            {
                Find(new UdpKey(sender, default, sender), own)?.FromClient(datagram, datagram.Length);
                continue;
            }
            var parsed = ProxyHeader.Parse(datagram.Span, out var header);
            // LOCAL and UNKNOWN are health checks: whoever asks hears nothing of a port that is served.
            if (parsed.Status == ParseStatus.Done && !header.HasAddresses) continue;
            var isForUs = parsed.Status == ParseStatus.Done && header.Transport == TransportProtocol.Udp;
            var key = isForUs ? new UdpKey(header.Source, header.Destination, sender) : new UdpKey(sender, default, sender);
            var payload = isForUs ? datagram[parsed.Length..] : datagram;
            Find(key, own)?.FromClient(payload, payload.Length);
        }
    }

    private UdpAssociation? Find(in UdpKey key, Address own)
    {
        if (_associations.Find(key) is { } known) return known;
        if (_closed) return null;
        var config = model().Config;
        var facts = new FlowFacts
        {
            Source = key.Client,
            Destination = key.Destination,
            Known = key.Destination == default ? FactStages.None : FactStages.Destination,
            Transport = TransportProtocol.Udp,
            ListenerMode = config.Mode.ToName(),
            ListenerPort = local.Port,
        };
        var association = new UdpAssociation(this, in facts) { Key = key, Local = own };
        _associations.Add(key, association);
        return association;
    }

    private static EndReason Verify(Flow flow)
    {
        if (flow.Facts.Has(FactStages.Destination)) return EndReason.None;
        flow.FailureDetail = "PROXY: no header of version 2 for UDP in front of a datagram";
        return EndReason.HandshakeMalformed;
    }

    private bool IsTrusted(Address address)
    {
        foreach (var range in model().Config.Trusted)
        {
            if (range.Contains(address)) return true;
        }
        return false;
    }
}
