using System.Collections.Concurrent;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>The local ends of the connections that the proxy has open towards servers. A flow that comes from one of them is the
/// proxy's own traffic, redirected back to it by a firewall rule that forgot to exempt the proxy.</summary>
internal sealed class OwnEndpoints
{
    private readonly ConcurrentDictionary<Endpoint, int> _open = new();

    public void Add(ReactorSocket socket)
    {
        if (!socket.TryGetLocal(out var local)) return;
        socket.Local = local;
        _open[local] = 1;
    }

    public void Remove(ReactorSocket socket)
    {
        if (socket.Local is { } local) _open.TryRemove(local, out _);
    }

    public bool Contains(Endpoint endpoint) => _open.ContainsKey(endpoint);
}
