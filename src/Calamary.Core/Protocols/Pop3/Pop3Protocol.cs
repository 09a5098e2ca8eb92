namespace Calamary.Core.Protocols.Pop3;

/// <summary>POP3 (RFC 1939).</summary>
public static class Pop3Protocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("pop3", "POP3");
}
