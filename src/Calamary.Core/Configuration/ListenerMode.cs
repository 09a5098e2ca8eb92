namespace Calamary.Core.Configuration;

/// <summary>How flows come to a listener.</summary>
public enum ListenerMode : byte
{
    /// <summary>Redirected by the firewall (DNAT, REDIRECT or TPROXY).</summary>
    Transparent,
    /// <summary>With a PROXY protocol header in front.</summary>
    ProxyProto,
    /// <summary>An HTTP proxy: CONNECT and absolute-form requests (RFC 9110 §9.3.6, RFC 9112 §3.2.2).</summary>
    Http,
    /// <summary>The same inside TLS.</summary>
    Https,
    /// <summary>SOCKS5 (RFC 1928).</summary>
    Socks5,
}
