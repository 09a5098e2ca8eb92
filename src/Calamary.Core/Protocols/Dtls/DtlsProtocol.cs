namespace Calamary.Core.Protocols.Dtls;

/// <summary>DTLS 1.0 to 1.3 (RFC 6347, RFC 9147).</summary>
public static class DtlsProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("dtls", "DTLS", isEncrypted: true);
}
