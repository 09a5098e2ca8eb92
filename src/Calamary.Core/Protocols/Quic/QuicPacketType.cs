namespace Calamary.Core.Protocols.Quic;

/// <summary>Packets with a long header (RFC 9000 §17.2), numbered as in version 1.</summary>
internal enum QuicPacketType : byte
{
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
}
