using Calamary.Core.Protocols.ProxyProtocol;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>How the redirector speaks to its proxies: a PROXY header in front of everything.</summary>
/// <param name="version">The PROXY protocol's version, 1 or 2.</param>
internal sealed class ProxyLink(int version)
{
    /// <summary>Tells the proxy whose flow follows; false when the connection has failed.</summary>
    public ValueTask<bool> SendHeaderAsync(Connection connection, Endpoint source, Endpoint target)
    {
        var buffer = connection.Reactor.Scratch;
        return Pump.SendScratchAsync(connection, version == 1
            ? ProxyHeaderWriter.WriteV1(buffer, source, target)
            : ProxyHeaderWriter.WriteV2(buffer, source, target));
    }

    /// <summary>Tells the proxy that nothing follows; false when the connection has failed.</summary>
    public ValueTask<bool> SendHealthCheckAsync(Connection connection)
    {
        var buffer = connection.Reactor.Scratch;
        return Pump.SendScratchAsync(connection, version == 1
            ? ProxyHeaderWriter.HealthCheckV1(buffer)
            : ProxyHeaderWriter.HealthCheckV2(buffer));
    }
}
