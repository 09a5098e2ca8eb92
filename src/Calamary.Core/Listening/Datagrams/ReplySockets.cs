using Calamary.Core.Transport;

namespace Calamary.Core.Listening.Datagrams;

/// <summary>The sockets that speak to clients as the servers that they have asked for, one for each server's address and port and for all of
/// its clients. They are not connected: TPROXY looks for connected sockets first, and between bind and connect such a one takes the datagrams
/// of others. What comes to one of these nevertheless goes to the listener, which knows whose it is (docs/adr/0009).</summary>
/// <param name="reactor">Where they live.</param>
/// <param name="sink">Who takes what comes to them.</param>
internal sealed class ReplySockets(Reactor reactor, IDatagramSink sink)
{
    private readonly Dictionary<Endpoint, (UdpSocket Socket, int Users)> _open = [];

    /// <summary>The socket for a server; null and the error when there is none. Each that was opened is to be closed.</summary>
    public UdpSocket? Open(Endpoint server, out int errno)
    {
        errno = 0;
        if (!_open.TryGetValue(server, out var entry))
        {
            if (UdpSocket.Impersonate(reactor, server, sink, out errno) is not { } socket) return null;
            entry = (socket, 0);
        }
        _open[server] = entry with { Users = entry.Users + 1 };
        return entry.Socket;
    }

    /// <summary>One association less needs it.</summary>
    public void Close(Endpoint server)
    {
        if (!_open.TryGetValue(server, out var entry)) return;
        if (entry.Users > 1)
        {
            _open[server] = entry with { Users = entry.Users - 1 };
            return;
        }
        _open.Remove(server);
        entry.Socket.Dispose();
    }
}
