using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>A packet of a known version with a long header (RFC 9000 §17.2), still protected.</summary>
internal readonly ref struct QuicPacket
{
    public QuicVersion Version { get; private init; }

    public QuicPacketType Type { get; private init; }

    public LongHeader Header { get; private init; }

    public ReadOnlySpan<byte> DestinationId => Header.DestinationId;

    /// <summary>All of it, from the first byte to the last of its tag.</summary>
    public ReadOnlySpan<byte> Bytes { get; private init; }

    /// <summary>Where in <see cref="Bytes"/> the packet number is.</summary>
    public int NumberAt { get; private init; }

    /// <summary>Reads the packet at the start of what is left of a datagram.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out QuicPacket packet)
    {
        packet = default;
        if (!LongHeader.TryRead(datagram, out var header) || !QuicVersion.TryGet(header.Version, out var version)) return false;
        var type = version.TypeOf(header.First);
        var reader = new WireReader(header.Rest);
        var end = datagram.Length;
        if (type == QuicPacketType.Initial && !reader.TryReadVector(out _)) return false;
        if (type != QuicPacketType.Retry)
        {
            if (!reader.TryReadInteger(out var length) || length > reader.Rest.Length) return false;
            end -= reader.Rest.Length - (int)length;
        }
        packet = new QuicPacket
        {
            Version = version,
            Type = type,
            Header = header,
            Bytes = datagram[..end],
            NumberAt = datagram.Length - reader.Rest.Length,
        };
        return true;
    }

    /// <summary>Whether the keys of this packet are made from that id and version, if it is the client's first.</summary>
    public bool IsOf(uint version, ReadOnlySpan<byte> id) => Version.Number == version && DestinationId.SequenceEqual(id);
}
