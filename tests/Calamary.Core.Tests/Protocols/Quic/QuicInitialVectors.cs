using System.Text.Json;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

/// <summary>First datagrams of real clients and synthetic ones.</summary>
public sealed class QuicInitialVectors : IDatagramVectorSet
{
    public static IDatagramParser Parser { get; } = new QuicInitialParser();

    public static string Folder => "quic";

    public static ReadOnlyMemory<byte>[] Read(string name) =>
        DatagramVector.Read(Path.Combine(AppContext.BaseDirectory, "TestData", Folder, $"{name}.bin"));

    public static string Describe(in FlowFacts facts, int count)
    {
        Assert.Same(QuicProtocol.Id, facts.Protocol);
        var quic = facts.Quic!;
        var connection = $"{quic.Version:x8} {Convert.ToHexStringLower(quic.ConnectionId.Span)} {quic.HelloLength}";
        return facts.Tls is { } hello
            ? $"{connection} {Describe(hello.ServerName, hello.ServerNameKind.ToString(), hello.Alpn, hello.Version.ToName(), hello.Ech)}"
            : connection;
    }

    public static string Describe(DatagramVector vector)
    {
        var facts = vector.Expected;
        var hasHello = facts.TryGetProperty("length", out var length);
        var connection = $"{facts.GetProperty("quic").GetString()} {facts.GetProperty("id").GetString()} {(hasHello ? length.GetInt32() : 0)}";
        return !hasHello ? connection : connection + " " + Describe(facts.GetProperty("sni").GetString(), facts.GetProperty("kind").GetString()!,
            facts.GetProperty("alpn").EnumerateArray().Select(a => a.GetString()!), "1.3", facts.GetProperty("ech").GetBoolean());
    }

    public static IEnumerable<ReadOnlyMemory<byte>[]> Reorder(DatagramVector vector)
    {
        if (!vector.Expected.TryGetProperty("anyorder", out var any) || any.ValueKind != JsonValueKind.True) yield break;
        ReadOnlyMemory<byte>[] datagrams = [.. vector.Datagrams];
        yield return [.. datagrams.Reverse()];
        yield return [.. datagrams.SelectMany(d => new[] { d, d })];
        yield return [.. datagrams.Reverse().Skip(1).Concat(datagrams)];
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            random.Shuffle(datagrams);
            yield return datagrams;
        }
    }

    private static string Describe(string? sni, string kind, IEnumerable<string> alpn, string version, bool ech) =>
        $"{kind} {sni ?? "-"} [{string.Join(' ', alpn)}] {version} {(ech ? "ech" : "")}";
}
