using System.Buffers.Binary;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Tests.Protocols.Tls;

/// <summary>Hellos of real clients and synthetic ones.</summary>
public sealed class ClientHelloVectors : IVectorSet
{
    private const int RecordHeader = 5;

    public static IProtocolParser Parser { get; } = new ClientHelloParser();

    public static string Folder => "tls";

    public static string Describe(in FlowFacts facts, int length)
    {
        Assert.Same(TlsProtocol.Id, facts.Protocol);
        var hello = facts.Tls!;
        return Describe(hello.ServerName, hello.ServerNameKind.ToString(), hello.Alpn, hello.Version.ToName(), hello.Ech);
    }

    public static string Describe(Vector vector)
    {
        var facts = vector.Expected;
        return Describe(facts.GetProperty("sni").GetString(), facts.GetProperty("kind").GetString()!,
            facts.GetProperty("alpn").EnumerateArray().Select(a => a.GetString()!), facts.GetProperty("version").GetString()!,
            facts.GetProperty("ech").GetBoolean());
    }

    public static IEnumerable<byte[]> Reframe(Vector vector)
    {
        if (!vector.IsDone) yield break;
        var message = Message(vector.Bytes);
        foreach (var size in new[] { 1, 2, 3, 4, 5, 44, 100, 511, 4096, 16384 }) yield return Cut(message, _ => size);
        var random = new Random(1);
        for (var i = 0; i < 20; i++) yield return Cut(message, rest => random.Next(1, Math.Min(rest, 16384) + 1));
        for (var i = 1; i < Math.Min(message.Length, 600); i++) yield return Cut(message, rest => rest == message.Length ? i : 16384);
    }

    /// <summary>The handshake messages without their records.</summary>
    public static byte[] Message(ReadOnlySpan<byte> records)
    {
        var message = new List<byte>();
        for (; !records.IsEmpty; records = records[(RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(records[3..]))..])
            message.AddRange(records.Slice(RecordHeader, BinaryPrimitives.ReadUInt16BigEndian(records[3..])));
        return [.. message];
    }

    /// <summary>Puts messages into records of the sizes that are asked for.</summary>
    public static byte[] Cut(byte[] message, Func<int, int> size)
    {
        var records = new List<byte>();
        for (var at = 0; at < message.Length;)
        {
            var length = Math.Min(size(message.Length - at), message.Length - at);
            records.AddRange([22, 3, 1, (byte)(length >> 8), (byte)length]);
            records.AddRange(message.AsSpan(at, length));
            at += length;
        }
        return [.. records];
    }

    private static string Describe(string? sni, string kind, IEnumerable<string> alpn, string version, bool ech) =>
        $"{kind} {sni ?? "-"} [{string.Join(' ', alpn)}] {version} {(ech ? "ech" : "")}";
}
