using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Benchmarks;

/// <summary>One attempt at a ClientHello. Only a complete one may allocate (its facts).</summary>
[MemoryDiagnoser]
public class ClientHelloBenchmarks
{
    private readonly ClientHelloParser parser = new();
    private readonly byte[] ssh = [.. "SSH-2.0-OpenSSH_9.6\r\n"u8];
    private byte[] classic = [];
    private byte[] postQuantum = [];

    [GlobalSetup]
    public void Load()
    {
        classic = TestData.Read("tls/curl.bin");
        postQuantum = TestData.Read("tls/chromium.bin");
    }

    [Benchmark(Baseline = true, Description = "517 bytes (curl)")]
    public ParseStatus Classic() => Parse(classic);

    [Benchmark(Description = "post-quantum, 2 KB (Chromium)")]
    public ParseStatus PostQuantum() => Parse(postQuantum);

    [Benchmark(Description = "its first segment only")]
    public ParseStatus Incomplete() => Parse(postQuantum.AsSpan(0, 1400));

    [Benchmark(Description = "not TLS")]
    public ParseStatus NotTls() => Parse(ssh);

    private ParseStatus Parse(ReadOnlySpan<byte> input)
    {
        var facts = default(FlowFacts);
        return parser.Parse(input, ref facts).Status;
    }
}
