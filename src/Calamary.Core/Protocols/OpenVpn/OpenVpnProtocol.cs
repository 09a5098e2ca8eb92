namespace Calamary.Core.Protocols.OpenVpn;

/// <summary>OpenVPN.</summary>
public static class OpenVpnProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("openvpn", "OpenVPN", isEncrypted: true);
}
