using Calamary.Core.Configuration;
using Calamary.Core.Listening;
using Calamary.Core.Observability;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Hosting;

/// <summary>The open listeners. A reload opens what is new, closes what is gone, and leaves the rest alone.</summary>
internal sealed class ListenerSet(IReadOnlyList<FlowTable> tables, Func<FlowPolicy> policy,
    Func<Flow, Task> run, Func<Endpoint, bool> isOwn, FlowLog log)
{
    private readonly Dictionary<(Endpoint, bool Tproxy), OpenListener> _open = [];

    /// <summary>Where it listens, for the loop check.</summary>
    public IReadOnlyList<Endpoint> Endpoints => [.. _open.Keys.Select(k => k.Item1)];

    /// <summary>Makes the open listeners those of a configuration, or changes nothing.</summary>
    /// <returns>The errors; empty when all went well. Default addresses that the machine lacks are only warned of.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<ListenerModel> models, Action commit)
    {
        var wanted = new Dictionary<(Endpoint, bool), (ListenerModel Model, bool IsDefault)>();
        foreach (var model in models.Where(m => m.Config.Tcp))
            foreach (var address in model.Config.Addresses)
                wanted[(address.Endpoint, model.Config.Tproxy)] = (model, address.IsDefault);

        var errors = new List<string>();
        var added = new Dictionary<(Endpoint, bool), List<int>>();
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

    private void Bind((Endpoint Local, bool Tproxy) key, bool isDefault, Dictionary<(Endpoint, bool), List<int>> added, List<string> errors)
    {
        var descriptors = new List<int>();
        var taken = isOwn(key.Local) ? 0 : AcceptSocket.Probe(key.Local, key.Tproxy);
        for (var i = 0; i < tables.Count; i++)
        {
            var descriptor = taken < 0 ? taken : AcceptSocket.Bind(key.Local, key.Tproxy);
            if (descriptor >= 0)
            {
                descriptors.Add(descriptor);
                continue;
            }
            foreach (var bound in descriptors) _ = Libc.Close(bound);
            if (isDefault && -descriptor is Errno.AddressNotAvailable or Errno.FamilyNotSupported)
                log.Warn($"Not listening on {key.Local}: this machine does not have that address");
            else
                errors.Add($"cannot listen on {key.Local}: {Errno.Describe(-descriptor)}{Hint(-descriptor, key.Tproxy)}");
            return;
        }
        added[key] = descriptors;
    }

    private static string Hint(int errno, bool tproxy) => errno switch
    {
        Errno.NotPermitted or Errno.Access when tproxy => " (tproxy needs CAP_NET_ADMIN or CAP_NET_RAW)",
        Errno.Access => " (ports below 1024 need CAP_NET_BIND_SERVICE)",
        Errno.AddressInUse => " (another program has it: see 'ss -ltnp')",
        Errno.AddressNotAvailable => " (no interface has that address: see 'ip address')",
        _ => "",
    };

    private void Open((Endpoint Local, bool) key, ListenerModel model, List<int> descriptors)
    {
        var listener = new OpenListener(model);
        _open[key] = listener;
        for (var i = 0; i < tables.Count; i++)
        {
            var (table, descriptor) = (tables[i], descriptors[i]);
            table.Reactor.Post(_ => listener.Start(table, descriptor, key.Local, policy, run), null);
        }
        log.Info($"Listening on tcp://{key.Local} ({model.Config.Mode.ToName()}{(model.Tls is null || model.Config.Mode == ListenerMode.Https ? "" : ", TLS")})");
    }

    /// <summary>One address, with a socket on each reactor.</summary>
    private sealed class OpenListener(ListenerModel model)
    {
        private readonly List<(Reactor Reactor, TcpListener Listener)> _parts = [];
        private readonly AcceptPauses _pauses = new();
        private bool _closed;

        public ListenerModel Model { get; set; } = model;

        public void Start(FlowTable table, int descriptor, Endpoint local, Func<FlowPolicy> policy, Func<Flow, Task> run)
        {
            if (AcceptSocket.Attach(table.Reactor, descriptor, local) is not { } socket) return;
            var listener = new TcpListener(socket, () => Model, policy, table, _pauses);
            lock (_parts)
            {
                if (!_closed) _parts.Add((table.Reactor, listener));
            }
            if (_closed) socket.Dispose();
            else _ = AcceptAsync(listener, run);
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
            (Reactor, TcpListener)[] parts;
            lock (_parts)
            {
                _closed = true;
                parts = [.. _parts];
            }
            foreach (var (reactor, listener) in parts)
                await reactor.RunAsync(listener.Close);
        }
    }
}
