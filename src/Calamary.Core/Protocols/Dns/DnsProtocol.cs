namespace Calamary.Core.Protocols.Dns;

/// <summary>Plain DNS (RFC 1035) over UDP and TCP (RFC 7766). Inside TLS, HTTPS or QUIC it is what it travels in.</summary>
public static class DnsProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("dns", "DNS");

    /// <summary>Where servers listen.</summary>
    public const ushort Port = 53;
}
