namespace Calamary.Core.Protocols.Rtsp;

/// <summary>RTSP 1.0 (RFC 2326) and 2.0 (RFC 7826).</summary>
public static class RtspProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("rtsp", "RTSP");
}
