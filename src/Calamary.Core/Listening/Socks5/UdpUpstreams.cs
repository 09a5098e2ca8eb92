using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Socks5;

/// <summary>An association's sockets towards servers, one for each address family, opened when there is something to send.</summary>
/// <param name="reactor">Where they live.</param>
/// <param name="onOpened">Told about a new one: somebody has to receive from it.</param>
internal sealed class UdpUpstreams(Reactor reactor, Action<UdpSocket> onOpened) : IDisposable
{
    private UdpSocket? _ipv4;
    private UdpSocket? _ipv6;
    private OutboundOptions? _options;

    /// <summary>Sends a datagram. Returns 0 or more, or a negated errno.</summary>
    public int TrySend(ReadOnlySpan<byte> data, Endpoint target, OutboundOptions options)
    {
        if (_options != options) Dispose();
        _options = options;
        ref var socket = ref target.Address.IsIPv6 ? ref _ipv6 : ref _ipv4;
        if (socket is null)
        {
            socket = UdpSocket.Open(reactor, target.Address.IsIPv6, options, out var errno);
            if (socket is null) return -errno;
            onOpened(socket);
        }
        return socket.TrySend(data, target);
    }

    /// <summary>Whether another address may be reachable where this one was not.</summary>
    public static bool IsNoRoute(int result) => result is -Errno.NetworkUnreachable or -Errno.HostUnreachable or -Errno.NetworkDown
        or -Errno.AddressNotAvailable or -Errno.FamilyNotSupported;

    /// <summary>Closes them; a later datagram opens new ones.</summary>
    public void Dispose()
    {
        _ipv4?.Dispose();
        _ipv6?.Dispose();
        _ipv4 = _ipv6 = null;
    }
}
