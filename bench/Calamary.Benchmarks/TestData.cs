using System.Buffers.Binary;

namespace Calamary.Benchmarks;

/// <summary>The vectors that tests and benchmarks share.</summary>
internal static class TestData
{
    /// <summary>The datagrams of a file, each behind its length as two bytes.</summary>
    public static ReadOnlyMemory<byte>[] ReadDatagrams(string path)
    {
        var datagrams = new List<ReadOnlyMemory<byte>>();
        for (ReadOnlyMemory<byte> rest = Read(path); !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            datagrams.Add(rest.Slice(2, length));
            rest = rest[(2 + length)..];
        }
        return [.. datagrams];
    }

    public static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", path));
}
