namespace Calamary.Core.Configuration;

/// <summary>Addresses that hold when the user states none.</summary>
internal static class DefaultNetworks
{
    public static IReadOnlyList<Endpoint> Nameservers { get; } =
        [new(Address.FromIPv4(0x01010101), 53), new(Address.FromIPv4(0x08080808), 53)];

    /// <summary>Loopback, "this network", link-local, multicast, broadcast and discard (RFC 6890, RFC 6666).</summary>
    public static IReadOnlyList<AddressRange> DenyAlways { get; } =
    [
        Network("127.0.0.0/8"), Network("::1/128"), Network("0.0.0.0/8"), Network("::/128"), Network("169.254.0.0/16"),
        Network("fe80::/10"), Network("224.0.0.0/4"), Network("ff00::/8"), Network("255.255.255.255/32"), Network("100::/64"),
    ];

    private static AddressRange Network(string text) =>
        AddressRange.TryParse(text, out var range) ? range : throw new FormatException(text);
}
