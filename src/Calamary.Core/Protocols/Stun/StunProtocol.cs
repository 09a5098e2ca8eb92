namespace Calamary.Core.Protocols.Stun;

/// <summary>STUN (RFC 8489) and TURN (RFC 8656). What a flow carries once it is open (media of WebRTC, relayed data) is not looked at.</summary>
public static class StunProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("stun", "STUN");
}
