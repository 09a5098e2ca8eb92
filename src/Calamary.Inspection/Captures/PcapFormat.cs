using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>What the header of a pcap file says (draft-ietf-opsawg-pcap).</summary>
/// <param name="IsBigEndian">The byte order of the machine that wrote it.</param>
/// <param name="LinkType">The type of the link of all its packets.</param>
/// <param name="RecordLength">The length of the header in front of each packet.</param>
/// <param name="Minor">The minor version; before 2.4 the lengths of a packet changed places.</param>
internal readonly record struct PcapFormat(bool IsBigEndian, int LinkType, int RecordLength, int Minor)
{
    public const int HeaderLength = 24;

    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;
    // Alexey Kuznetzov's libpcap put more in front of each packet.
    private const uint Modified = 0xA1B2CD34;

    // The bits above are about frame check sequences.
    private const uint LinkTypeMask = 0x03FF_FFFF;

    /// <summary>False when this is no pcap file.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, out PcapFormat format)
    {
        format = default;
        if (header.Length < HeaderLength) return false;
        var isBigEndian = IsMagic(BinaryPrimitives.ReadUInt32BigEndian(header));
        if (!isBigEndian && !IsMagic(BinaryPrimitives.ReadUInt32LittleEndian(header))) return false;
        var order = new ByteOrder(isBigEndian);
        format = new PcapFormat(isBigEndian, (int)(order.ReadUInt32(header[20..]) & LinkTypeMask),
            order.ReadUInt32(header) == Modified ? 24 : 16, order.ReadUInt16(header[6..]));
        return order.ReadUInt16(header[4..]) == 2;
    }

    private static bool IsMagic(uint magic) => magic is Microseconds or Nanoseconds or Modified;
}
