using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Benchmarks;

/// <summary>One attempt at a QUIC client's first datagrams. Only a complete hello may allocate (its facts).</summary>
[MemoryDiagnoser]
public class QuicInitialBenchmarks
{
    private readonly QuicInitialParser parser = new();
    private readonly ReadOnlyMemory<byte>[] rtp = [new byte[] { 0x80, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }];
    private readonly byte[] shortHeader = new byte[1200];
    private readonly byte[] answer = new byte[QuicClose.MaxLength];
    private ReadOnlyMemory<byte>[] one = [];
    private ReadOnlyMemory<byte>[] two = [];
    private ReadOnlyMemory<byte>[] first = [];
    private FlowFacts judged;

    [GlobalSetup]
    public void Load()
    {
        one = TestData.ReadDatagrams("quic/gtlsclient.bin");
        two = TestData.ReadDatagrams("quic/chromium.bin");
        first = two[..1];
        shortHeader[0] = 0x40;
        parser.Parse(one, ref judged);
    }

    [Benchmark(Baseline = true, Description = "one datagram (ngtcp2)")]
    public ParseStatus One() => Parse(one);

    [Benchmark(Description = "post-quantum, two datagrams (Chromium)")]
    public ParseStatus Two() => Parse(two);

    [Benchmark(Description = "its first datagram only")]
    public ParseStatus First() => Parse(first);

    [Benchmark(Description = "not QUIC (RTP)")]
    public ParseStatus NotQuic() => Parse(rtp);

    [Benchmark(Description = "a later datagram: short header")]
    public bool Later() => parser.BeginsAnew(shortHeader, judged);

    [Benchmark(Description = "a later datagram: the hello again")]
    public bool Repeated() => parser.BeginsAnew(one[0].Span, judged);

    [Benchmark(Description = "refusal")]
    public bool Refuse() => QuicClose.TryWrite(one[0].Span, answer, out _);

    private ParseStatus Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams)
    {
        var facts = default(FlowFacts);
        return parser.Parse(datagrams, ref facts).Status;
    }
}
