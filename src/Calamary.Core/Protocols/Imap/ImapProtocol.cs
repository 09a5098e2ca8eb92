namespace Calamary.Core.Protocols.Imap;

/// <summary>IMAP (RFC 9051, RFC 3501).</summary>
public static class ImapProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("imap", "IMAP");
}
