using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Dns;

namespace Calamary.Benchmarks;

/// <summary>A query of dig, and answers of knot and BIND on their way to the client.</summary>
[MemoryDiagnoser]
public class DnsBenchmarks
{
    private static readonly byte[] Plain = TestData.Read("dns/ech/named-plain.bin");
    private static readonly byte[] Signed = TestData.Read("dns/ech/knot-apex-dnssec.bin");
    private readonly ReadOnlyMemory<byte>[] query = [TestData.Read("dns/dig-https.bin").AsMemory(2)];
    private readonly ReadOnlyMemory<byte>[] other = [TestData.Read("ntp/chrony-once.bin").AsMemory(2, 48)];
    private readonly byte[] message = new byte[Signed.Length];
    private readonly DnsDatagramParser parser = new();

    [Benchmark(Baseline = true, Description = "a query")]
    public ParseStatus Query() => Parse(query);

    [Benchmark(Description = "not DNS")]
    public ParseStatus NotDns() => Parse(other);

    [Benchmark(Description = "stripEch, nothing to strip")]
    public DnsEchOutcome Unchanged() => DnsEch.Strip(Plain, out _);

    [Benchmark(Description = "stripEch, 3 records, signed (with a copy)")]
    public DnsEchOutcome Stripped()
    {
        Signed.CopyTo(message, 0);
        return DnsEch.Strip(message, out _);
    }

    private ParseStatus Parse(ReadOnlyMemory<byte>[] datagrams)
    {
        var facts = default(FlowFacts);
        return parser.Parse(datagrams, ref facts).Status;
    }
}
