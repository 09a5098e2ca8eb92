using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>What Linux' NFLOG target captures: attributes, one of which is the packet.</summary>
internal static class NetfilterLog
{
    private const int HeaderLength = 4;
    private const int AttributeHeader = 4;
    private const int Payload = 9;

    /// <summary>The IP packet; nothing when there is none.</summary>
    public static ReadOnlySpan<byte> FindIP(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderLength || frame[0] is not (2 or 10)) return default;
        var rest = frame[HeaderLength..];
        // Lengths are in the byte order of the machine, which is nearly always this one.
        while (rest.Length >= AttributeHeader)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 0x7FFF;
            if (length < AttributeHeader) return default;
            if (type == Payload) return rest[AttributeHeader..Math.Min(length, rest.Length)];
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
        return default;
    }
}
