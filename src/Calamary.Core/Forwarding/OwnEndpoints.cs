using System.Collections.Concurrent;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>Local ends that the proxy has open: of connections towards servers, or of relays for datagrams. A flow that comes from one of
/// those (redirected back by a firewall rule that forgot to exempt the proxy) or goes to one of these is the proxy's own traffic.</summary>
internal sealed class OwnEndpoints
{
    private readonly ConcurrentDictionary<Endpoint, int> _open = new();

    public void Add(ReactorSocket socket)
    {
        if (!socket.TryGetLocal(out var local)) return;
        socket.Local = local;
        Add(local);
    }

    public void Add(Endpoint local) => _open[local] = 1;

    public void Remove(ReactorSocket socket)
    {
        if (socket.Local is { } local) Remove(local);
    }

    public void Remove(Endpoint local) => _open.TryRemove(local, out _);

    public bool Contains(Endpoint endpoint) => _open.ContainsKey(endpoint);
}
