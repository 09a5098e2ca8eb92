namespace Calamary.Core.Protocols.Rdp;

/// <summary>Remote Desktop (MS-RDPBCGR).</summary>
public static class RdpProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("rdp", "RDP");
}
