using System.Buffers.Binary;
using System.IO.Compression;

namespace Calamary.Inspection.Tests.Captures;

/// <summary>Builds capture files.</summary>
internal static class Capture
{
    /// <summary>A pcap file of Ethernet frames around these IP packets.</summary>
    public static byte[] Of(params byte[][] packets) => Pcap(1, [.. packets.Select(Packets.Ethernet)]);

    public static byte[] Pcap(int linkType, params byte[][] frames) => Pcap(linkType, false, 0xA1B2C3D4, frames);

    public static byte[] Pcap(int linkType, bool isBigEndian, uint magic, params byte[][] frames) =>
    [
        .. Number(magic, 4, isBigEndian), .. Number(2, 2, isBigEndian), .. Number(4, 2, isBigEndian), .. new byte[8],
        .. Number(262_144, 4, isBigEndian), .. Number((uint)linkType, 4, isBigEndian),
        .. frames.SelectMany(f => Record(f, f.Length, isBigEndian)),
    ];

    /// <summary>A record of a pcap file with a frame that was longer on the link.</summary>
    public static byte[] Record(byte[] frame, int original, bool isBigEndian = false) =>
        [.. new byte[8], .. Number((uint)frame.Length, 4, isBigEndian), .. Number((uint)original, 4, isBigEndian), .. frame];

    /// <summary>A block of a pcapng file.</summary>
    public static byte[] Block(uint type, byte[] body, bool isBigEndian = false)
    {
        var padding = -body.Length & 3;
        var length = Number((uint)(12 + body.Length + padding), 4, isBigEndian);
        return [.. Number(type, 4, isBigEndian), .. length, .. body, .. new byte[padding], .. length];
    }

    public static byte[] Section(bool isBigEndian = false) =>
        Block(0x0A0D0D0A, [.. Number(0x1A2B3C4D, 4, isBigEndian), .. Number(1, 2, isBigEndian), 0, 0, .. Enumerable.Repeat((byte)0xFF, 8)], isBigEndian);

    public static byte[] Interface(int linkType, uint snap = 0, bool isBigEndian = false) =>
        Block(1, [.. Number((uint)linkType, 2, isBigEndian), 0, 0, .. Number(snap, 4, isBigEndian)], isBigEndian);

    public static byte[] Enhanced(uint link, byte[] frame, bool isBigEndian = false) =>
        Block(6, [.. Number(link, 4, isBigEndian), .. new byte[8], .. Number((uint)frame.Length, 4, isBigEndian), .. Number((uint)frame.Length, 4, isBigEndian), .. frame], isBigEndian);

    public static byte[] Simple(byte[] frame, int original) => Block(3, [.. Number((uint)original, 4, false), .. frame]);

    public static byte[] Obsolete(ushort link, byte[] frame) =>
        Block(2, [.. Number(link, 2, false), 0, 0, .. new byte[8], .. Number((uint)frame.Length, 4, false), .. Number((uint)frame.Length, 4, false), .. frame]);

    public static byte[] Compressed(byte[] file)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(file);
        return output.ToArray();
    }

    private static byte[] Number(uint value, int size, bool isBigEndian)
    {
        var bytes = new byte[4];
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return isBigEndian ? bytes[(4 - size)..] : bytes[..size];
    }
}
