namespace Calamary.Core.Protocols.WireGuard;

/// <summary>WireGuard.</summary>
public static class WireGuardProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("wireguard", "WireGuard", isEncrypted: true);
}
