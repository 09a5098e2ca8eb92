using Calamary.Core.Configuration;
using Calamary.Core.Listening;
using Calamary.Core.Listening.Datagrams;
using Calamary.Core.Observability;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Hosting;

/// <summary>The open listeners. A reload opens what is new, closes what is gone, and leaves the rest alone.</summary>
internal sealed class ListenerSet(IReadOnlyList<FlowTable> tables, Func<FlowPolicy> policy,
    Func<Flow, Task> run, Func<Endpoint, bool> isOwn, FlowLog log)
{
    private readonly Dictionary<Place, OpenListener> _open = [];

    // Flows that run over the socket of a UDP listener keep it open; such a listener may be wanted again meanwhile.
    private readonly Dictionary<Place, OpenListener> _gone = [];

    /// <summary>Where it listens for connections.</summary>
    public IReadOnlyList<Endpoint> Endpoints => [.. _open.Keys.Where(k => k.Transport == TransportProtocol.Tcp).Select(k => k.Local)];

    /// <summary>Makes the open listeners those of a configuration, or changes nothing.</summary>
    /// <returns>The errors; empty when all went well. Default addresses that the machine lacks are only warned of.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<ListenerModel> models, Action commit)
    {
        var wanted = new Dictionary<Place, (ListenerModel Model, bool IsDefault)>();
        foreach (var model in models)
            foreach (var address in model.Config.Addresses)
                foreach (var transport in model.Config.Transports)
                    wanted[new Place(transport, address.Endpoint, model.Config.Tproxy)] = (model, address.IsDefault);

        var errors = new List<string>();
        var added = new Dictionary<Place, List<int>>();
        foreach (var (key, (_, isDefault)) in wanted.Where(w => !_open.ContainsKey(w.Key)))
            Bind(key, isDefault, added, errors);
        if (errors.Count > 0)
        {
            foreach (var descriptor in added.Values.SelectMany(d => d)) _ = Libc.Close(descriptor);
            return errors;
        }

        commit();
        foreach (var key in _open.Keys.Where(k => !wanted.ContainsKey(k)).ToArray())
        {
            _open.Remove(key, out var gone);
            gone!.Model = gone.Model with { IsGone = true };
            await gone.CloseAsync();
            if (key.Transport == TransportProtocol.Udp) _gone[key] = gone;
        }
        foreach (var (key, open) in _open) open.Model = wanted[key].Model;
        foreach (var (key, descriptors) in added) Open(key, wanted[key].Model, descriptors);
        return errors;
    }

    public async Task CloseAsync()
    {
        foreach (var listener in _open.Values) await listener.CloseAsync();
        _open.Clear();
    }

    private void Bind(Place key, bool isDefault, Dictionary<Place, List<int>> added, List<string> errors)
    {
        var descriptors = new List<int>();
        var taken = IsOurs(key) ? 0 : key.Probe();
        for (var i = 0; i < tables.Count; i++)
        {
            var descriptor = taken < 0 ? taken : key.Bind();
            if (descriptor >= 0)
            {
                descriptors.Add(descriptor);
                continue;
            }
            foreach (var bound in descriptors) _ = Libc.Close(bound);
            if (isDefault && -descriptor is Errno.AddressNotAvailable or Errno.FamilyNotSupported)
                log.Warn($"Not listening on {key.Local}: this machine does not have that address");
            else
                errors.Add($"cannot listen on {key}: {Errno.Describe(-descriptor)}{Hint(-descriptor, key)}");
            return;
        }
        added[key] = descriptors;
    }

    private bool IsOurs(Place key) => key.Transport == TransportProtocol.Tcp
        ? isOwn(key.Local)
        : _open.Keys.Concat(_gone.Keys).Any(k => k.Transport == key.Transport && k.Local == key.Local);

    private static string Hint(int errno, Place key) => errno switch
    {
        Errno.NotPermitted or Errno.Access when key.Tproxy => " (tproxy needs CAP_NET_ADMIN or CAP_NET_RAW)",
        Errno.Access => " (ports below 1024 need CAP_NET_BIND_SERVICE)",
        Errno.AddressInUse => $" (another program has it: see 'ss -l{(key.Transport == TransportProtocol.Udp ? 'u' : 't')}np')",
        Errno.AddressNotAvailable => " (no interface has that address: see 'ip address')",
        _ => "",
    };

    private void Open(Place key, ListenerModel model, List<int> descriptors)
    {
        var listener = _gone.Remove(key, out var former) ? former : new OpenListener(model);
        listener.Reopen(model);
        _open[key] = listener;
        for (var i = 0; i < tables.Count; i++)
        {
            var (table, descriptor) = (tables[i], descriptors[i]);
            table.Reactor.Post(_ => listener.Start(table, descriptor, key, policy, run), null);
        }
        log.Info($"Listening on {key} ({model.Config.Mode.ToName()}{(model.Tls is null || model.Config.Mode == ListenerMode.Https ? "" : ", TLS")})");
    }

    /// <summary>One address, with a socket on each reactor.</summary>
    private sealed class OpenListener(ListenerModel model)
    {
        private readonly List<(Reactor Reactor, Func<bool> Close)> _parts = [];
        private readonly Dictionary<FlowTable, UdpListener> _datagrams = [];
        private readonly AcceptPauses _pauses = new();
        private bool _closed;

        public ListenerModel Model { get; set; } = model;

        public void Start(FlowTable table, int descriptor, Place key, Func<FlowPolicy> policy, Func<Flow, Task> run)
        {
            if (key.Transport == TransportProtocol.Udp)
            {
                StartDatagrams(table, descriptor, key, policy, run);
                return;
            }
            if (AcceptSocket.Attach(table.Reactor, descriptor, key.Local) is not { } socket) return;
            var listener = new TcpListener(socket, () => Model, policy, table, _pauses);
            if (TryAdd(table.Reactor, listener.Close)) _ = AcceptAsync(listener, run);
            else socket.Dispose();
        }

        private void StartDatagrams(FlowTable table, int descriptor, Place key, Func<FlowPolicy> policy, Func<Flow, Task> run)
        {
            UdpListener? listener;
            lock (_datagrams)
            {
                if (!_datagrams.TryGetValue(table, out listener))
                    _datagrams[table] = listener = new UdpListener(key.Local, () => Model, policy, table, run);
            }
            listener.Start(descriptor);
            if (!TryAdd(table.Reactor, listener.Close)) listener.Close();
        }

        /// <summary>It is wanted again.</summary>
        public void Reopen(ListenerModel model)
        {
            Model = model;
            lock (_parts)
            {
                _closed = false;
                _parts.Clear();
            }
        }

        private bool TryAdd(Reactor reactor, Func<bool> close)
        {
            lock (_parts)
            {
                if (!_closed) _parts.Add((reactor, close));
                return !_closed;
            }
        }

        private static async Task AcceptAsync(TcpListener listener, Func<Flow, Task> run)
        {
            for (var accepted = 1; await listener.AcceptAsync(CancellationToken.None) is { } flow; accepted++)
            {
                _ = run(flow);
                // A burst of connections must not keep those that are open waiting.
                if (accepted % 32 == 0) await Task.Yield();
            }
        }

        public async Task CloseAsync()
        {
            (Reactor, Func<bool>)[] parts;
            lock (_parts)
            {
                _closed = true;
                parts = [.. _parts];
            }
            foreach (var (reactor, close) in parts)
                await reactor.RunAsync(close);
        }
    }

    /// <summary>What a listener holds.</summary>
    private readonly record struct Place(TransportProtocol Transport, Endpoint Local, bool Tproxy)
    {
        /// <summary>Whether another program has it: SO_REUSEPORT would silently share with it.</summary>
        public int Probe()
        {
            if (Transport == TransportProtocol.Tcp) return AcceptSocket.Probe(Local, Tproxy);
            var descriptor = UdpSocket.Listen(Local, Tproxy, shared: false);
            return descriptor < 0 ? descriptor : Libc.Close(descriptor);
        }

        /// <summary>A descriptor for one reactor, or a negated errno.</summary>
        public int Bind() => Transport == TransportProtocol.Tcp ? AcceptSocket.Bind(Local, Tproxy) : UdpSocket.Listen(Local, Tproxy);

        public override string ToString() => $"{(Transport == TransportProtocol.Udp ? "udp" : "tcp")}://{Local}";
    }
}
