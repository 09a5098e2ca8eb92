namespace Calamary.Core;

/// <summary>Why a flow ended: at once log field, metric label (in snake_case) and test assertion. It names side and phase.</summary>
public enum EndReason : byte
{
    /// <summary>It has not ended.</summary>
    None,
    /// <summary>Both sides finished, everything was relayed.</summary>
    Completed,
    /// <summary>A rule denied it.</summary>
    DeniedByRule,
    /// <summary>No rule matched.</summary>
    DeniedByDefault,
    /// <summary>The destination is in <c>denyAlways</c>, or a name led there.</summary>
    DeniedByDenyAlways,
    /// <summary>The flow comes from the proxy or goes to it.</summary>
    LoopDetected,
    /// <summary>Plain HTTP was answered with a redirect.</summary>
    Redirected,
    /// <summary>Over <c>limits.flows</c> or <c>limits.flowsPerSource</c>.</summary>
    LimitExceeded,
    /// <summary>A transparent listener was addressed directly: there is no original destination.</summary>
    NotRedirected,
    /// <summary>The client closed before there was a verdict.</summary>
    ClientClosedEarly,
    /// <summary>The mode's handshake did not come within <c>timeout.process</c>.</summary>
    HandshakeTimeout,
    /// <summary>The mode's handshake, or an HTTP request, was malformed or ambiguous.</summary>
    HandshakeMalformed,
    /// <summary>The name does not exist or has no addresses.</summary>
    NameNotFound,
    /// <summary>No nameserver answered within <c>timeout.dnsLookup</c>, or they failed.</summary>
    NameLookupFailed,
    /// <summary>The server did not answer within <c>timeout.connect</c>.</summary>
    DialTimeout,
    /// <summary>The server refused the connection.</summary>
    DialRefused,
    /// <summary>The server's machine cannot be reached, or another error of the network.</summary>
    DialUnreachable,
    /// <summary>The proxy has no descriptors or ports left for the connection to the server.</summary>
    DialExhausted,
    /// <summary>The client reset the connection.</summary>
    ClientReset,
    /// <summary>The server reset the connection.</summary>
    UpstreamReset,
    /// <summary>The server closed before it had answered an HTTP request.</summary>
    UpstreamClosedEarly,
    /// <summary>The server's HTTP answer was malformed or ambiguous.</summary>
    UpstreamMalformed,
    /// <summary>No byte in either direction for <c>timeout.idle</c>.</summary>
    IdleTimeout,
    /// <summary>Cut at the end of <c>timeout.drain</c>.</summary>
    Drained,
    /// <summary>A bug; the log has the details.</summary>
    InternalError,
    /// <summary>The client sent TCP urgent data before there was a verdict: bytes that cannot be looked at.</summary>
    UrgentData,
    /// <summary>After a HelloRetryRequest the client's second hello named another server, or was none.</summary>
    ServerNameChanged,
    /// <summary>A PROXY header from a peer that is not in <c>trusted</c>; it was not read.</summary>
    SourceNotTrusted,
    /// <summary>A PROXY header that says LOCAL or UNKNOWN: somebody's health check.</summary>
    HealthCheck,
    /// <summary>The client's TLS handshake with the listener failed.</summary>
    TlsHandshakeFailed,
    /// <summary>The client gave no valid user name and password.</summary>
    AuthenticationFailed,
    /// <summary>A SOCKS5 command that the listener does not serve.</summary>
    CommandNotSupported,
    /// <summary>Redirector: none of the proxies could be reached.</summary>
    NoProxyLeft,
    /// <summary>No route to the server's network.</summary>
    DialNoRoute,
    /// <summary>Interception: the TLS handshake with the server failed.</summary>
    UpstreamTlsFailed,
    /// <summary>Interception: the client does not accept the certificate.</summary>
    InterceptionRefused,
    /// <summary>It ran, and the rules of a reload deny it (<c>recheck</c>).</summary>
    DeniedByReload,
}
