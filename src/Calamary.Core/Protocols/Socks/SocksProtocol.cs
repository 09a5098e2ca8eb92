namespace Calamary.Core.Protocols.Socks;

/// <summary>SOCKS 4, 4a and 5 (RFC 1928) towards a proxy somewhere else.</summary>
public static class SocksProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("socks", "SOCKS");
}
