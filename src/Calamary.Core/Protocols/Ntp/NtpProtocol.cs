namespace Calamary.Core.Protocols.Ntp;

/// <summary>Network time (RFC 5905), and the simple form of it (RFC 4330), which has the same packets.</summary>
public static class NtpProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("ntp", "NTP");
}
