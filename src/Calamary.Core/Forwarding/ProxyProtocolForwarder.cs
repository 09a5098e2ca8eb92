using Calamary.Core.Protocols.ProxyProtocol;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>Sends flows to another proxy, with a PROXY header in front that keeps the original addresses: what the redirector does.</summary>
/// <param name="proxies">Where to; the next one is tried when one cannot be reached. At least one.</param>
/// <param name="version">The PROXY protocol's version, 1 or 2.</param>
public sealed class ProxyProtocolForwarder(IReadOnlyList<Endpoint> proxies, int version) : IForwarder
{
    /// <inheritdoc/>
    public async ValueTask<EndReason> ForwardAsync(Flow flow, IReadOnlyList<Endpoint> targets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flow);
        ArgumentNullException.ThrowIfNull(targets);
        var original = targets[0];
        var dial = await TcpForwarder.DialAsync(flow, proxies);
        flow.Facts.Destination = original;
        if (dial.Socket is null) return dial.Failure;
        var header = new byte[ProxyHeaderWriter.MaxLength];
        var length = version == 1
            ? ProxyHeaderWriter.WriteV1(header, flow.Facts.Source, original)
            : ProxyHeaderWriter.WriteV2(header, flow.Facts.Source, original);
        return await dial.Socket.SendAllAsync(header.AsMemory(0, length))
            ? await TcpRelay.RunAsync(flow, dial.Socket)
            : EndReason.UpstreamReset;
    }
}
