using System.Buffers.Binary;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>What long headers of all versions have in common (RFC 8999 §5.1).</summary>
internal readonly ref struct LongHeader
{
    public const byte FormBit = 0x80;
    public const byte FixedBit = 0x40;

    /// <summary>RFC 8999 allows 255 bytes, all versions so far 20 (RFC 9000 §17.2): more is taken for something else than QUIC.</summary>
    public const int MaxIdLength = 20;

    // A client's first datagram is at least so long (RFC 9000 §14.1), its choice of an id for the server too (§7.2).
    private const int MinFirstDatagram = 1200;
    private const int MinFirstIdLength = 8;

    public byte First { get; private init; }

    public uint Version { get; private init; }

    public ReadOnlySpan<byte> DestinationId { get; private init; }

    public ReadOnlySpan<byte> SourceId { get; private init; }

    /// <summary>What follows.</summary>
    public ReadOnlySpan<byte> Rest { get; private init; }

    /// <summary>Whether the bit is set that tells QUIC from other protocols (RFC 9000 §17.2). Clients may clear it (RFC 9287 §3).</summary>
    public bool HasFixedBit => (First & FixedBit) != 0;

    /// <summary>Reads the header at the start of a datagram, or behind another packet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out LongHeader header)
    {
        header = default;
        if (datagram.IsEmpty || (datagram[0] & FormBit) == 0) return false;
        var reader = new WireReader(datagram[1..]);
        if (!reader.TryRead(sizeof(uint), out var version)
            || !reader.TryReadVector8(out var destination) || destination.Length > MaxIdLength
            || !reader.TryReadVector8(out var source) || source.Length > MaxIdLength) return false;
        header = new LongHeader
        {
            First = datagram[0],
            Version = BinaryPrimitives.ReadUInt32BigEndian(version),
            DestinationId = destination,
            SourceId = source,
            Rest = reader.Rest,
        };
        return true;
    }

    /// <summary>Whether a datagram that starts with this header and a version that is not known may well begin a connection. Other
    /// protocols must not be taken for QUIC: RTP has the fixed bit clear, the rest the form bit or not the length.</summary>
    public bool MayBeginConnection(int datagramLength) =>
        Version != 0 && HasFixedBit && DestinationId.Length >= MinFirstIdLength && datagramLength >= MinFirstDatagram;
}
