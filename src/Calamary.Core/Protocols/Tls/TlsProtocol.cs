namespace Calamary.Core.Protocols.Tls;

/// <summary>TLS over TCP (RFC 8446, RFC 5246).</summary>
public static class TlsProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("tls", "TLS", isEncrypted: true);
}
