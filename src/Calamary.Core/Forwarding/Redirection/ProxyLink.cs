using Calamary.Core.Configuration;
using Calamary.Core.Protocols.ProxyProtocol;
using Calamary.Core.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>How the redirector speaks to its proxies: inside TLS or not, and with a PROXY header in front of everything.</summary>
internal sealed class ProxyLink
{
    private readonly int _version;
    private readonly Dictionary<Endpoint, TlsClient>? _tls;

    public ProxyLink(RedirectorConfig config)
    {
        _version = config.ProxyProtocol;
        var tls = config.Tls;
        // Without a name for all of them, each proxy's certificate must be for its own address.
        if (tls.Enabled)
            _tls = config.Proxies.ToDictionary(p => p, p => new TlsClient(tls.ServerName ?? p.Address.ToString(), tls.Authorities, tls.Own));
    }

    /// <summary>Agrees on TLS over a connected socket, if the link has it.</summary>
    /// <returns>What to go on with, or what is wrong.</returns>
    public async ValueTask<(Connection? Connection, string? Fault)> OpenAsync(ReactorSocket socket, Endpoint proxy, TimeSpan timeout)
    {
        if (_tls is null) return (socket, null);
        socket.SetDeadline(socket.Reactor.Now + (long)timeout.TotalMilliseconds);
        var handshake = await _tls[proxy].ConnectAsync(socket);
        socket.ClearDeadline();
        return handshake switch
        {
            { Connection: { } connection } => (connection, null),
            { TimedOut: true } => (null, "it does not finish the TLS handshake in time"),
            { PeerLeft: true } => (null, "it closes or resets connections in the TLS handshake; has its listener TLS, and is this machine in its 'trusted'?"),
            _ => (null, $"TLS: {handshake.Error}"),
        };
    }

    /// <summary>Tells the proxy whose flow follows; false when the connection has failed.</summary>
    public ValueTask<bool> SendHeaderAsync(Connection connection, Endpoint source, Endpoint target)
    {
        var buffer = connection.Reactor.Scratch;
        return Pump.SendScratchAsync(connection, _version == 1
            ? ProxyHeaderWriter.WriteV1(buffer, source, target)
            : ProxyHeaderWriter.WriteV2(buffer, source, target));
    }

    /// <summary>What tells the proxy, with every datagram, whose it is.</summary>
    public static byte[] DatagramHeader(Endpoint source, Endpoint target)
    {
        var buffer = new byte[ProxyHeaderWriter.MaxLength];
        return buffer[..ProxyHeaderWriter.WriteV2(buffer, source, target, TransportProtocol.Udp)];
    }

    /// <summary>Tells the proxy that nothing follows; false when the connection has failed.</summary>
    public ValueTask<bool> SendHealthCheckAsync(Connection connection)
    {
        var buffer = connection.Reactor.Scratch;
        return Pump.SendScratchAsync(connection, _version == 1
            ? ProxyHeaderWriter.HealthCheckV1(buffer)
            : ProxyHeaderWriter.HealthCheckV2(buffer));
    }
}
