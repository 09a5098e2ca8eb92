namespace Calamary.Core.Protocols.Telnet;

/// <summary>Telnet (RFC 854), by its option negotiation.</summary>
public static class TelnetProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("telnet", "Telnet");
}
