using System.Buffers.Binary;
using Calamary.Core;

namespace Calamary.Inspection.Captures;

/// <summary>A TCP segment (RFC 9293 §3.1) or a UDP datagram (RFC 768).</summary>
internal readonly ref struct Segment
{
    private const int Fin = 1;
    private const int Syn = 2;
    private const int Rst = 4;
    private const int Ack = 16;
    private const int UdpHeader = 8;
    private const int TcpHeader = 20;
    // Up to and with the flags.
    private const int LeastTcpHeader = 14;

    private readonly int _flags;

    private Segment(scoped in IPPacket packet, TransportProtocol transport, int flags)
    {
        Transport = transport;
        Source = new Endpoint(packet.Source, BinaryPrimitives.ReadUInt16BigEndian(packet.Payload));
        Destination = new Endpoint(packet.Destination, BinaryPrimitives.ReadUInt16BigEndian(packet.Payload[2..]));
        _flags = flags;
    }

    public TransportProtocol Transport { get; }

    public Endpoint Source { get; }

    public Endpoint Destination { get; }

    /// <summary>What was captured of the payload.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>The payload's length on the link, captured or not.</summary>
    public int Length { get; private init; }

    /// <summary>TCP: the number of the segment's first byte.</summary>
    public uint Sequence { get; private init; }

    /// <summary>TCP: the number that the sender expects next.</summary>
    public uint Acknowledged { get; private init; }

    public bool IsFin => (_flags & Fin) != 0;

    public bool IsRst => (_flags & Rst) != 0;

    /// <summary>Opens a connection.</summary>
    public bool IsSyn => (_flags & (Syn | Ack | Rst)) == Syn;

    /// <summary>Answers the segment that opens one.</summary>
    public bool IsSynAck => (_flags & (Syn | Ack | Rst)) == (Syn | Ack);

    public bool HasAck => (_flags & Ack) != 0;

    /// <summary>The number of the first byte of the stream that may be in it: SYN takes a number of its own.</summary>
    public uint DataSequence => IsSyn || IsSynAck ? Sequence + 1 : Sequence;

    /// <summary>False when it is neither, or broken.</summary>
    public static bool TryParse(scoped in IPPacket packet, out Segment segment)
    {
        segment = default;
        return packet.Protocol switch
        {
            IPPacket.Tcp => TryParseTcp(packet, out segment),
            IPPacket.Udp => TryParseUdp(packet, out segment),
            _ => false,
        };
    }

    private static bool TryParseTcp(scoped in IPPacket packet, out Segment segment)
    {
        segment = default;
        var bytes = packet.Payload;
        if (bytes.Length < LeastTcpHeader) return false;
        var header = (bytes[12] >> 4) * 4;
        if (header < TcpHeader || header > packet.Length) return false;
        segment = new Segment(packet, TransportProtocol.Tcp, bytes[13])
        {
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Acknowledged = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            Payload = bytes[Math.Min(header, bytes.Length)..],
            Length = packet.Length - header,
        };
        return true;
    }

    private static bool TryParseUdp(scoped in IPPacket packet, out Segment segment)
    {
        segment = default;
        var bytes = packet.Payload;
        if (bytes.Length < UdpHeader) return false;
        // 0: a jumbogram (RFC 2675 §4), or what the network card is to cut.
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) is var stated && stated != 0 ? stated : packet.Length;
        if (length < UdpHeader) return false;
        segment = new Segment(packet, TransportProtocol.Udp, 0)
        {
            Payload = bytes[UdpHeader..Math.Min(length, bytes.Length)],
            Length = length - UdpHeader,
        };
        return true;
    }
}
