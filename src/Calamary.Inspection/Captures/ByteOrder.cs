using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>Reads numbers as the machine that wrote a capture has them.</summary>
/// <param name="IsBigEndian">Its byte order.</param>
internal readonly record struct ByteOrder(bool IsBigEndian)
{
    public ushort ReadUInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
