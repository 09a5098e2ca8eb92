namespace Calamary.Core.Protocols.Quic;

/// <summary>QUIC (RFC 9000, RFC 9369).</summary>
public static class QuicProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("quic", "QUIC", isEncrypted: true);
}
