using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Configuration;

/// <summary>An item of <c>listen</c>.</summary>
public sealed record ListenerConfig
{
    /// <summary>How flows come in.</summary>
    public required ListenerMode Mode { get; init; }

    /// <summary>Where to listen: at least one, IPv4 before IPv6, none twice in a configuration.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>Take TCP. Always true in this version.</summary>
    public bool Tcp { get; init; } = true;

    /// <summary>Transparent only: the firewall uses TPROXY, not DNAT or REDIRECT.</summary>
    public bool Tproxy { get; init; }

    /// <summary>SOCKS5: serve UDP ASSOCIATE.</summary>
    public bool Udp { get; init; }

    /// <summary>Transparent and PROXY protocol: dial the addresses of the SNI, not the one the client chose.</summary>
    public bool ResolveSni { get; init; }

    /// <summary>PROXY protocol: who may send a header, at least one; empty for the other modes.</summary>
    public IReadOnlyList<AddressRange> Trusted { get; init; } = [];

    /// <summary>Connections are wrapped in TLS with the certificate of <see cref="CertsConfig"/>: always for HTTPS.</summary>
    public bool Tls { get; init; }

    /// <summary>By what clients' certificates are verified; null when they need none.</summary>
    internal X509Certificate2Collection? ClientCa { get; init; }
}
