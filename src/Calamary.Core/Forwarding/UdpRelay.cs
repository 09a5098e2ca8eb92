using Calamary.Core.Listening.Datagrams;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>Relays a flow's datagrams in both directions, until there are none for <c>timeout.idle</c>.</summary>
internal static class UdpRelay
{
    /// <param name="flow">The accepted flow.</param>
    /// <param name="targets">The first that there is a way to is taken.</param>
    /// <param name="prefix">What stands before each datagram on its way to the server; null for nothing.</param>
    public static ValueTask<EndReason> RunAsync(Flow flow, IReadOnlyList<Endpoint> targets, byte[]? prefix = null) =>
        ((UdpMode)flow.Mode).Association.RelayAsync(flow, (DatagramConnection)flow.Client, targets, prefix ?? []);
}
