namespace Calamary.EndToEnd.Lab;

public enum IpFamily
{
    IPv4,
    IPv6,
}

/// <summary>The lab's addresses. Every lab has its own namespaces, so they may be the same in each.</summary>
public static class Addresses
{
    public const string Client4 = "10.77.1.2";
    public const string Client6 = "fd77:1::2";
    /// <summary>The proxy as the client sees it.</summary>
    public const string Proxy4 = "10.77.1.1";
    public const string Proxy6 = "fd77:1::1";
    /// <summary>The proxy as servers see it.</summary>
    public const string ProxyOut4 = "10.77.2.1";
    public const string ProxyOut6 = "fd77:2::1";
    public const string Server4 = "10.77.2.2";
    public const string Server6 = "fd77:2::2";
    /// <summary>The server machine again, but nothing listens there: connections are refused.</summary>
    public const string Refusing4 = "10.77.2.3";
    public const string Refusing6 = "fd77:2::3";
    /// <summary>The server machine once more, for HTTP/3: the port 443 of its other addresses is taken.</summary>
    public const string Quic4 = "10.77.2.4";
    public const string Quic6 = "fd77:2::4";
    /// <summary>The server machine again, for the servers with odd certificates; <c>*.tls.test</c> is there.</summary>
    public const string Tls4 = "10.77.2.5";
    public const string Tls6 = "fd77:2::5";
    /// <summary>Routed to a machine that drops it without a word.</summary>
    public const string Silent4 = "10.77.66.1";
    public const string Silent6 = "fd77:66::1";

    public static string Client(IpFamily family) => family == IpFamily.IPv4 ? Client4 : Client6;
    public static string Proxy(IpFamily family) => family == IpFamily.IPv4 ? Proxy4 : Proxy6;
    public static string Server(IpFamily family) => family == IpFamily.IPv4 ? Server4 : Server6;
    public static string Refusing(IpFamily family) => family == IpFamily.IPv4 ? Refusing4 : Refusing6;
    public static string Tls(IpFamily family) => family == IpFamily.IPv4 ? Tls4 : Tls6;
    public static string Quic(IpFamily family) => family == IpFamily.IPv4 ? Quic4 : Quic6;

    /// <summary>As it stands in a URL or a log line: IPv6 in brackets.</summary>
    public static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
