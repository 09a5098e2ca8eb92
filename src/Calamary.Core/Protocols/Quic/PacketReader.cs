namespace Calamary.Core.Protocols.Quic;

/// <summary>Walks the packets of a datagram (RFC 9000 §12.2). What follows the last one that can be read is not looked at: a packet with a
/// short header takes the rest, and of other versions the length is not known.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> datagram)
{
    // Clients coalesce at most an Initial, a 0-RTT and a Handshake packet. Each one more can be made to be tried with the keys of every
    // connection of the flow.
    private const int MaxPackets = 4;

    private readonly ReadOnlySpan<byte> _datagram = datagram;
    private int _next;
    private int _count;

    /// <summary>Where the last packet starts.</summary>
    public int Position { get; private set; }

    /// <summary>Whether there are more packets than are read.</summary>
    public bool HasTooMany { get; private set; }

    /// <summary>Reads the next Initial packet.</summary>
    public bool TryReadInitial(out QuicPacket packet)
    {
        while (QuicPacket.TryRead(_datagram[_next..], out packet))
        {
            HasTooMany = ++_count > MaxPackets;
            if (HasTooMany) return false;
            Position = _next;
            _next += packet.Bytes.Length;
            if (packet.Type == QuicPacketType.Initial) return true;
        }
        return false;
    }
}
