using System.Buffers.Binary;

namespace Calamary.Core.Protocols.BitTorrent;

/// <summary>Identifies BitTorrent over UDP: messages of its DHT (BEP 5), the SYN of uTP (BEP 29), and requests to a tracker (BEP 15).</summary>
public sealed class BitTorrentDatagramParser : IDatagramParser
{
    private const int TrackerLength = 16;
    private const long TrackerMagic = 0x41727101980;
    private const int UtpHeader = 20;
    private const byte UtpSyn = 0x41;

    /// <inheritdoc/>
    public ProtocolId Protocol => BitTorrentProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        var datagram = datagrams[0].Span;
        if (!IsDht(datagram) && !IsTracker(datagram) && !IsUtp(datagram)) return ParseResult.NoMatch;
        facts.Protocol = BitTorrentProtocol.Id;
        return ParseResult.Done(1);
    }

    // A dictionary whose first key is a query's arguments, a response's values or an error, and that says which of them it is; "ip" (BEP 42) may come before.
    private static bool IsDht(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 20 || datagram[^1] != 'e') return false;
        if (datagram.StartsWith("d1:ad2:id20:"u8)) return datagram.IndexOf("1:y1:q"u8) > 0;
        if (datagram.StartsWith("d1:eli"u8)) return datagram.IndexOf("1:y1:e"u8) > 0;
        return (datagram.StartsWith("d1:rd2:id20:"u8) || (datagram.StartsWith("d2:ip6:"u8) && datagram.Length > 24 && datagram[13..].StartsWith("1:rd2:id20:"u8)))
            && datagram.IndexOf("1:y1:r"u8) > 0;
    }

    private static bool IsTracker(ReadOnlySpan<byte> datagram) =>
        datagram.Length == TrackerLength && BinaryPrimitives.ReadInt64BigEndian(datagram) == TrackerMagic && BinaryPrimitives.ReadInt32BigEndian(datagram[8..]) == 0;

    // Version 1, type ST_SYN; no time to compare with yet, nothing to acknowledge; extensions to the very end.
    private static bool IsUtp(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < UtpHeader || datagram[0] != UtpSyn || BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[18..]) != 0) return false;
        var extension = datagram[1];
        var rest = datagram[UtpHeader..];
        while (extension != 0)
        {
            if (extension > 3 || rest.Length < 2 || rest.Length < 2 + rest[1]) return false;
            extension = rest[0];
            rest = rest[(2 + rest[1])..];
        }
        return rest.IsEmpty;
    }
}
