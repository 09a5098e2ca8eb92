namespace Calamary.Core.Protocols.Ftp;

/// <summary>FTP's control connection (RFC 959).</summary>
public static class FtpProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("ftp", "FTP");
}
