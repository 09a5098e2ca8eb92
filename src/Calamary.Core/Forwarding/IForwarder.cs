namespace Calamary.Core.Forwarding;

/// <summary>Takes an accepted flow to its server: the stages dial and relay.</summary>
public interface IForwarder
{
    /// <summary>Connects to the first target that answers and relays until both directions have ended.</summary>
    /// <param name="flow">The accepted flow; call on its own thread.</param>
    /// <param name="targets">Where to dial, in the order of preference; every one was accepted by the rules. At least one.</param>
    /// <param name="cancellationToken">Not observed by the built-in forwarder: flows are ended through their sockets.</param>
    /// <returns>How the flow ended.</returns>
    ValueTask<EndReason> ForwardAsync(Flow flow, IReadOnlyList<Endpoint> targets, CancellationToken cancellationToken);
}
