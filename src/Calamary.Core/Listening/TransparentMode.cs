namespace Calamary.Core.Listening;

/// <summary>Redirected connections: netfilter knows the destination, the client knows nothing of the proxy.</summary>
/// <param name="local">The listener's own address.</param>
/// <param name="tproxy">TPROXY instead of DNAT or REDIRECT.</param>
/// <param name="resolveSni">Dial the server name's own addresses.</param>
internal sealed class TransparentMode(Endpoint local, bool tproxy, bool resolveSni) : IMode
{
    public ServerNameUse ServerName => resolveSni ? ServerNameUse.Always : ServerNameUse.Never;

    public bool CanAnswer => false;

    public ValueTask<(HandshakeOutcome, EndReason)> HandshakeAsync(Flow flow)
    {
        // TPROXY leaves the destination in place as the socket's own address; DNAT keeps it in conntrack.
        var known = tproxy
            ? flow.Client.Socket.TryGetLocal(out var destination)
            : flow.Client.Socket.TryGetOriginalDestination(local.Address.IsIPv6, out destination);
        // A connection made straight to the listener has no destination but the listener.
        if (!known || destination.Port == local.Port && IsListener(flow, destination))
            return new((HandshakeOutcome.Ended, EndReason.NotRedirected));
        flow.Facts.Destination = destination;
        flow.Facts.Known |= FactStages.Destination;
        return new((HandshakeOutcome.Tunnel, default));
    }

    public ValueTask<bool> BeforePeekAsync(Flow flow) => new(true);

    public ValueTask<bool> ConnectedAsync(Flow flow) => new(true);

    public ValueTask FailedAsync(Flow flow, EndReason reason) => default;

    private bool IsListener(Flow flow, Endpoint destination) =>
        destination.Address == local.Address
        || (local.Address.IsUnspecified && !tproxy && flow.Client.Socket.TryGetLocal(out var own) && own == destination)
        || (tproxy && flow.Policy.Guard.IsOwnAddress(destination.Address));
}
