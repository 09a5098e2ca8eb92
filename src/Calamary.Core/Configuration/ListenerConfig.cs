using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Users;

namespace Calamary.Core.Configuration;

/// <summary>An item of <c>listen</c>.</summary>
public sealed record ListenerConfig
{
    /// <summary>How flows come in.</summary>
    public required ListenerMode Mode { get; init; }

    /// <summary>Where to listen: at least one, IPv4 before IPv6, none twice in a configuration.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>Take TCP.</summary>
    public bool Tcp { get; init; } = true;

    /// <summary>Transparent only: the firewall uses TPROXY, not DNAT or REDIRECT.</summary>
    public bool Tproxy { get; init; }

    /// <summary>Take UDP: transparent with TPROXY, proxyproto with a header of version 2 on every datagram, UDP ASSOCIATE of socks5.</summary>
    public bool Udp { get; init; }

    /// <summary>What sockets it has. With SOCKS5, datagrams go to a port of their own for each client.</summary>
    internal IEnumerable<TransportProtocol> Transports => new[] { TransportProtocol.Tcp, TransportProtocol.Udp }
        .Where(t => t == TransportProtocol.Tcp ? Tcp : Udp && Mode != ListenerMode.Socks5);

    /// <summary>Whether clients speak TLS to the listener: https always, proxyproto and socks5 when they are told to.</summary>
    public bool Tls { get; init; }

    /// <summary>proxyproto only: who may send a header. At least one there.</summary>
    public IReadOnlyList<AddressRange> Trusted { get; init; } = [];

    /// <summary>http, https and socks5: who may use it; null for everybody.</summary>
    internal UserFile? Users { get; init; }

    /// <summary>Transparent and proxyproto: dial the addresses of the SNI, not the one the client chose.</summary>
    public bool ResolveSni { get; init; }

    /// <summary>Whether a client that refused the intercepting certificate of a server passes undecrypted from then on; else its flows to it go on to end.</summary>
    public bool PassesPinned { get; init; }

    /// <summary>https and proxyproto: who vouches for clients' certificates; null when clients need none.</summary>
    internal X509Certificate2Collection? ClientCa { get; init; }
}
