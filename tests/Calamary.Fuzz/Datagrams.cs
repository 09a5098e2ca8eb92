using System.Buffers.Binary;

namespace Calamary.Fuzz;

/// <summary>Datagrams in one file: each behind its length as two bytes. What does not fit is the last one.</summary>
internal static class Datagrams
{
    // As many as a flow that waits may hold, and some.
    private const int MaxCount = 20;

    public static ReadOnlyMemory<byte>[] Split(byte[] input)
    {
        var datagrams = new List<ReadOnlyMemory<byte>>();
        for (ReadOnlyMemory<byte> rest = input; !rest.IsEmpty && datagrams.Count < MaxCount;)
        {
            var length = rest.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            var start = Math.Min(2, rest.Length);
            var end = Math.Min(start + length, rest.Length);
            datagrams.Add(rest[start..end]);
            rest = rest[end..];
        }
        return [.. datagrams];
    }
}
