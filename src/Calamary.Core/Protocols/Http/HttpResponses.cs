namespace Calamary.Core.Protocols.Http;

/// <summary>What the proxy answers by itself. Never with a detail of the rules, nor with anything that a peer sent.</summary>
public static class HttpResponses
{
    private const string Unauthenticated = "407 Proxy Authentication Required";
    private const string WhoAreYou = "The proxy asks for a user name and a password.";
    // RFC 7617 §2.1: names and passwords in UTF-8.
    private const string Challenge = "Proxy-Authenticate: Basic realm=\"calamary\", charset=\"UTF-8\"\r\n";

    /// <summary>The tunnel of a CONNECT stands: no body, no length (RFC 9110 §9.3.6).</summary>
    public static ReadOnlyMemory<byte> ConnectionEstablished { get; } = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    /// <summary>400: the request is malformed or ambiguous.</summary>
    public static HttpResponse BadRequest { get; } = new("400 Bad Request", "The proxy does not understand this request.");

    /// <summary>403: denied.</summary>
    public static HttpResponse Forbidden { get; } = new("403 Forbidden", "The proxy's rules deny this request.");

    /// <summary>The same inside an intercepted connection, which goes on.</summary>
    internal static HttpResponse ForbiddenInside { get; } = new("403 Forbidden", "The proxy's rules deny this request.", closes: false);

    /// <summary>407: the client has to say who it is, on this connection.</summary>
    internal static HttpResponse AuthenticationRequired { get; } = new(Unauthenticated, WhoAreYou, Challenge, closes: false);

    /// <summary>407: the same on another connection.</summary>
    internal static HttpResponse AuthenticationRequiredLast { get; } = new(Unauthenticated, WhoAreYou, Challenge);

    /// <summary>503: the password was not compared.</summary>
    internal static HttpResponse TooManyAttempts { get; } =
        new("503 Service Unavailable", "The proxy compares no more passwords just now.", "Retry-After: 10\r\n");

    /// <summary>408: the request did not come in time.</summary>
    public static HttpResponse RequestTimeout { get; } = new("408 Request Timeout", "The request did not arrive in time.");

    /// <summary>400: a request as for a server.</summary>
    public static HttpResponse NotAProxyRequest { get; } = new("400 Bad Request", "This is a proxy: ask for http://host/path, or CONNECT host:port.");

    /// <summary>502: unresolvable, unreachable, or the server's answer was malformed.</summary>
    public static HttpResponse BadGateway { get; } =
        new("502 Bad Gateway", "The server cannot be reached, or its answer is not understood.");

    /// <summary>503: over a limit.</summary>
    public static HttpResponse ServiceUnavailable { get; } = new("503 Service Unavailable", "The proxy has reached its limits.");

    /// <summary>504: the server did not answer in time.</summary>
    public static HttpResponse GatewayTimeout { get; } = new("504 Gateway Timeout", "The server did not answer in time.");
}
