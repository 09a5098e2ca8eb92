using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>What the log says for an end reason, and how loud. Warnings are for what the operator can mend; what clients and
/// servers do is ordinary.</summary>
internal static class EndReasonTexts
{
    public static (LogLevel Level, string Text) Describe(EndReason reason) => reason switch
    {
        EndReason.None => (LogLevel.Information, "Running"),
        EndReason.Completed => (LogLevel.Information, "Completed"),
        EndReason.DeniedByRule => (LogLevel.Information, "Denied by a rule"),
        EndReason.DeniedByDefault => (LogLevel.Information, "Denied by default"),
        EndReason.DeniedByDenyAlways => (LogLevel.Information, "Denied by denyAlways"),
        EndReason.DeniedByReload => (LogLevel.Information, "Ended: denied by the rules since the last reload"),
        EndReason.LoopDetected => (LogLevel.Warning, "Refused: the proxy would connect to itself"),
        EndReason.Redirected => (LogLevel.Information, "Redirected to https"),
        EndReason.LimitExceeded => (LogLevel.Warning, "Refused: over limits.flows or limits.flowsPerSource"),
        EndReason.NotRedirected =>
            (LogLevel.Warning, "Refused: connection made straight to the listener, see docs/redirect.md"),
        EndReason.ClientClosedEarly => (LogLevel.Information, "Failed: the client closed before there was a verdict"),
        EndReason.HandshakeTimeout => (LogLevel.Information, "Failed: no complete handshake within timeout.process"),
        EndReason.HandshakeMalformed => (LogLevel.Information, "Refused: malformed or ambiguous handshake"),
        EndReason.UrgentData => (LogLevel.Warning, "Refused: TCP urgent data before the verdict hides bytes from the rules"),
        EndReason.ServerNameChanged => (LogLevel.Warning, "Refused: the second ClientHello names another server than the one that was judged"),
        EndReason.SourceNotTrusted => (LogLevel.Warning, "Refused: a PROXY header from a peer that is not in trusted"),
        EndReason.HealthCheck => (LogLevel.Information, "Completed: a health check"),
        EndReason.TlsHandshakeFailed => (LogLevel.Information, "Refused: the TLS handshake with the client failed"),
        EndReason.AuthenticationFailed => (LogLevel.Information, "Refused: no valid user name and password"),
        EndReason.CommandNotSupported => (LogLevel.Information, "Refused: a SOCKS5 command that is not served"),
        EndReason.NoProxyLeft => (LogLevel.Warning, "Failed: none of the proxies could be reached"),
        EndReason.NameNotFound => (LogLevel.Information, "Failed: the name does not exist or has no addresses"),
        EndReason.NameLookupFailed => (LogLevel.Warning, "Failed: the name could not be looked up"),
        EndReason.DialTimeout => (LogLevel.Information, "Failed: the server did not answer within timeout.connect"),
        EndReason.DialRefused => (LogLevel.Information, "Failed: the server refused the connection"),
        EndReason.DialUnreachable => (LogLevel.Information, "Failed: the server is unreachable"),
        EndReason.DialNoRoute => (LogLevel.Information, "Failed: there is no route to the server"),
        EndReason.DialExhausted => (LogLevel.Warning, "Failed: no descriptors or ports left for a connection to the server"),
        EndReason.UpstreamTlsFailed => (LogLevel.Information, "Failed: the TLS handshake with the server failed"),
        EndReason.InterceptionRefused => (LogLevel.Information, "Refused: the client does not accept the intercepting certificate"),
        EndReason.ClientReset => (LogLevel.Information, "Failed: the client reset the connection"),
        EndReason.UpstreamReset => (LogLevel.Information, "Failed: the server reset the connection"),
        EndReason.UpstreamClosedEarly => (LogLevel.Information, "Failed: the server closed before its answer was complete"),
        EndReason.UpstreamMalformed => (LogLevel.Information, "Failed: malformed or ambiguous answer from the server"),
        EndReason.IdleTimeout => (LogLevel.Information, "Ended: no byte in either direction for timeout.idle"),
        EndReason.Drained => (LogLevel.Information, "Ended: cut at the end of timeout.drain"),
        _ => (LogLevel.Error, "Failed: internal error"),
    };
}
