namespace Calamary.Core.Protocols.Smb;

/// <summary>SMB 1 to 3 (MS-CIFS, MS-SMB2), over TCP or NetBIOS sessions (RFC 1002).</summary>
public static class SmbProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("smb", "SMB");
}
