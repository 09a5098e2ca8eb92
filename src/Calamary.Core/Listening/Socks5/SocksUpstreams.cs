using Calamary.Core.Transport;

namespace Calamary.Core.Listening.Socks5;

/// <summary>An association's sockets towards servers, one for each address family: servers that talk to each other see one client. They are
/// open while a destination needs them.</summary>
/// <param name="reactor">Where they live.</param>
/// <param name="sink">Who takes the answers.</param>
internal sealed class SocksUpstreams(Reactor reactor, IDatagramSink sink) : IDisposable
{
    private UdpSocket? _ipv4;
    private UdpSocket? _ipv6;
    private OutboundOptions? _options;
    private int _users;

    /// <summary>The socket for a target; null and the error when there is none. Each that was opened is to be closed.</summary>
    public UdpSocket? Open(Endpoint target, OutboundOptions options, out int errno)
    {
        errno = 0;
        if (_options != options) Dispose();
        _options = options;
        ref var socket = ref target.Address.IsIPv6 ? ref _ipv6 : ref _ipv4;
        socket ??= UdpSocket.Open(reactor, target.Address.IsIPv6, options, sink, out errno);
        if (socket is not null) _users++;
        return socket;
    }

    /// <summary>One destination less needs them.</summary>
    public void Close()
    {
        if (--_users == 0) Dispose();
    }

    public void Dispose()
    {
        _ipv4?.Dispose();
        _ipv6?.Dispose();
        _ipv4 = _ipv6 = null;
    }
}
