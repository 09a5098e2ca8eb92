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

    /// <summary>Transparent only: dial the addresses of the SNI, not the one the client chose.</summary>
    public bool ResolveSni { get; init; }
}
