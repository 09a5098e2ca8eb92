namespace Calamary.Core.Protocols.Quic;

/// <summary>Why the first packets of a QUIC connection are malformed.</summary>
internal static class QuicErrors
{
    public const string FrameType = "QUIC: frame type in an Initial packet";
    public const string FrameTruncated = "QUIC: frame truncated";
    public const string CryptoConflict = "QUIC: CRYPTO frames contradict each other";
    public const string CryptoLength = "QUIC: CRYPTO data too long";
    public const string NoHello = "QUIC: first message is no ClientHello";
    public const string DataBehindHello = "QUIC: CRYPTO data behind the ClientHello";
    public const string SeveralConnections = "QUIC: several connections in one datagram";
    public const string TooManyConnections = "QUIC: too many connections";
    public const string TooManyPackets = "QUIC: too many packets in one datagram";
    public const string TooManyTrials = "QUIC: too many packets for the connections of the flow";
}
