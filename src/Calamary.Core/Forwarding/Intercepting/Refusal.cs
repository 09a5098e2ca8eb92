using Calamary.Core.Tls;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>Tells a client that does not accept the intercepting certificate from one that just leaves.</summary>
internal static class Refusal
{
    /// <summary>The same after the handshake: some clients look at the certificate only then.</summary>
    /// <returns>Null when the client has not refused it.</returns>
    public static EndReason? Of(Flow flow) => flow.Client is TlsConnection client ? Of(flow, client.Alert) : null;

    /// <summary>Takes note of a client that answers by an alert that refuses the certificate.</summary>
    public static EndReason? Of(Flow flow, byte? alert)
    {
        if (TlsAlert.Refusal(alert) is not { } words) return null;
        flow.Policy.Interception!.Pinned.Add(flow);
        flow.FailureDetail = $"{PinnedClients.NameOf(flow)}: alert {words}";
        return EndReason.InterceptionRefused;
    }
}
