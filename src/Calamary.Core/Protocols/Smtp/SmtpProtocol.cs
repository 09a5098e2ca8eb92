namespace Calamary.Core.Protocols.Smtp;

/// <summary>SMTP (RFC 5321), submission (RFC 6409), LMTP (RFC 2033).</summary>
public static class SmtpProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("smtp", "SMTP");
}
