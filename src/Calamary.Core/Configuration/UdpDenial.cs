namespace Calamary.Core.Configuration;

/// <summary>What becomes of a client whose datagrams are denied. They are dropped, either way.</summary>
public enum UdpDenial : byte
{
    /// <summary>It is told at once: QUIC by a CONNECTION_CLOSE (RFC 9000 §10.2.3), all else behind TPROXY by ICMP port unreachable.</summary>
    Reject,
    /// <summary>It hears nothing.</summary>
    Drop,
}
