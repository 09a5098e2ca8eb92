using System.Text.Json;

namespace Calamary.Core.Tests.Protocols;

/// <summary>A file of TestData with what is expected of it.</summary>
public sealed record Vector(string Name, byte[] Bytes, JsonElement Expected)
{
    public bool IsNoMatch => Expected.TryGetProperty("nomatch", out _);

    public string? Error => Expected.TryGetProperty("error", out var error) ? error.GetString() : null;

    public bool IsDone => !IsNoMatch && Error is null;

    public override string ToString() => Name;

    public static IEnumerable<Vector> Load(string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestData", folder), "*.bin").Order(StringComparer.Ordinal)
        select new Vector(Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file),
            JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(file, "json"))).RootElement);
}
