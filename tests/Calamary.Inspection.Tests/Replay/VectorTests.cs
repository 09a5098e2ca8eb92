using System.Buffers.Binary;
using System.Text.Json;
using Calamary.Core;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
using Calamary.Inspection.Replay;
using Calamary.Inspection.Tests.Captures;
using static Calamary.Inspection.Tests.Captures.Packets;

namespace Calamary.Inspection.Tests.Replay;

/// <summary>What the parsers find in bytes is what replay finds in packets of them.</summary>
public sealed class VectorTests
{
    private const int SegmentSize = 700;

    public static TheoryData<string> Streams => Files("tls", "http", "http2", "dns");

    public static TheoryData<string> Datagrams => Files("quic", "dtls");

    [Theory]
    [MemberData(nameof(Streams))]
    public void Streams_over_TCP(string file)
    {
        var bytes = File.ReadAllBytes(PathOf(file));
        var facts = default(FlowFacts);
        var candidates = new Candidates(ProtocolCatalog.BuiltIn);
        candidates.Parse(bytes.AsSpan(0, Math.Min(bytes.Length, 65_536)), ref facts);
        var packets = new List<byte[]> { Tcp("192.0.2.1:40000", "198.51.100.1:443", 0, Syn, []), Tcp("198.51.100.1:443", "192.0.2.1:40000", 9, Syn | Ack, [], 1) };
        for (var at = 0; at < bytes.Length; at += SegmentSize)
            packets.Add(Tcp("192.0.2.1:40000", "198.51.100.1:443", (uint)at + 1, Ack, bytes.AsSpan(at, Math.Min(SegmentSize, bytes.Length - at))));
        Check(facts, Assert.Single(Replayed.Run(Capture.Of([.. packets])).Flows));
        packets.Reverse(2, packets.Count - 2);
        Check(facts, Assert.Single(Replayed.Run(Capture.Of([.. packets])).Flows));
    }

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Datagrams_over_UDP(string file)
    {
        var datagrams = Split(File.ReadAllBytes(PathOf(file)));
        if (datagrams.Length is 0 or > 16) return;
        var facts = default(FlowFacts);
        for (var count = 1; count <= datagrams.Length; count++)
            if (DatagramPeeker.TryIdentify(ProtocolCatalog.Datagrams, datagrams.AsSpan(0, count), ref facts, out _)) break;
            else if (count == datagrams.Length) facts.Protocol = DatagramPeeker.Proven(ProtocolCatalog.Datagrams, datagrams);
        Check(facts, Assert.Single(Replayed.Run(Capture.Of([.. datagrams.Select(d => Udp("192.0.2.1:40000", "198.51.100.1:443", d.Span))])).Flows));
    }

    private static void Check(in FlowFacts facts, JsonElement flow)
    {
        Assert.Equal(facts.Protocol?.Name ?? "unknown", flow.GetProperty("l5").GetString());
        Assert.Equal(facts.Tls?.ServerName, flow.GetProperty("sni").GetString());
        Assert.Equal(QuestionName.Plain(facts.Dns?.Name), flow.GetProperty("dns_qname").GetString());
        Assert.Equal(facts.Tls is { Version: not TlsVersion.None } hello ? hello.Version.ToName() : null, flow.GetProperty("tls_version").GetString());
        Assert.Equal(facts.Tls?.Ech, flow.GetProperty("ech").ValueKind == JsonValueKind.Null ? null : flow.GetProperty("ech").GetBoolean());
        var alpn = flow.GetProperty("alpn");
        Assert.Equal(facts.Tls?.Alpn ?? [], alpn.ValueKind == JsonValueKind.Null ? [] : alpn.EnumerateArray().Select(static a => a.GetString()!));
    }

    private static ReadOnlyMemory<byte>[] Split(byte[] file)
    {
        var datagrams = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at + 2 <= file.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 2) break;
            datagrams.Add(file.AsMemory(at + 2, length));
            at += 2 + length;
        }
        return [.. datagrams];
    }

    private static TheoryData<string> Files(params string[] folders) =>
        new(folders.SelectMany(f => Directory.EnumerateFiles(PathOf(f), "*.bin")).Select(f => Path.GetRelativePath(PathOf(""), f)).Order(StringComparer.Ordinal));

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "TestData", file);
}
