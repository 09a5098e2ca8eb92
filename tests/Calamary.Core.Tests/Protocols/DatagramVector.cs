using System.Buffers.Binary;
using System.Text.Json;

namespace Calamary.Core.Tests.Protocols;

/// <summary>What a client sent in datagrams, with what is expected of it. <c>NAME.bin</c> is a sequence of datagrams, each behind its length as
/// two bytes, big-endian. <c>NAME.json</c> has <c>nomatch</c>, or <c>more</c> when they decide nothing, or <c>error</c>, or the facts.</summary>
public sealed record DatagramVector(string Name, ReadOnlyMemory<byte>[] Datagrams, JsonElement Expected)
{
    public bool IsNoMatch => Expected.TryGetProperty("nomatch", out _);

    public bool IsWaiting => Expected.TryGetProperty("more", out _);

    public string? Error => Expected.TryGetProperty("error", out var error) ? error.GetString() : null;

    public bool IsDone => !IsNoMatch && !IsWaiting && Error is null;

    public override string ToString() => Name;

    public static IEnumerable<DatagramVector> Load(string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestData", folder), "*.bin").Order(StringComparer.Ordinal)
        select new DatagramVector(Path.GetFileNameWithoutExtension(file), Read(file),
            JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(file, "json"))).RootElement);

    /// <summary>The datagrams of one file.</summary>
    public static ReadOnlyMemory<byte>[] Read(string file)
    {
        var datagrams = new List<ReadOnlyMemory<byte>>();
        for (ReadOnlyMemory<byte> rest = File.ReadAllBytes(file); !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            datagrams.Add(rest.Slice(2, length));
            rest = rest[(2 + length)..];
        }
        return [.. datagrams];
    }
}
