using System.Buffers.Binary;

namespace Calamary.Load.Udp;

/// <summary>A stream: datagrams a second, datagrams in all, bytes of each, associations that take turns.</summary>
internal readonly record struct StreamOrder(int Rate, int Count, int Size, int Associations)
{
    public void Write(Span<byte> wire)
    {
        foreach (var (i, value) in ((int[])[Rate, Count, Size, Associations]).Index())
            BinaryPrimitives.WriteInt32BigEndian(wire[(i * sizeof(int))..], value);
    }

    public static StreamOrder Read(ReadOnlySpan<byte> wire) => new(
        BinaryPrimitives.ReadInt32BigEndian(wire),
        BinaryPrimitives.ReadInt32BigEndian(wire[4..]),
        BinaryPrimitives.ReadInt32BigEndian(wire[8..]),
        BinaryPrimitives.ReadInt32BigEndian(wire[12..]));
}
