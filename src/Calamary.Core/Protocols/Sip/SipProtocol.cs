namespace Calamary.Core.Protocols.Sip;

/// <summary>SIP (RFC 3261).</summary>
public static class SipProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("sip", "SIP");
}
