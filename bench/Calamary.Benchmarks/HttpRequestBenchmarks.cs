using System.Text;
using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Benchmarks;

/// <summary>One attempt at the head of an HTTP/1 request.</summary>
[MemoryDiagnoser]
public class HttpRequestBenchmarks
{
    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        """
        GET /articles/2024/search?q=proxy&page=2 HTTP/1.1
        Host: www.example.test
        User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
        Accept-Language: en-US,en;q=0.5
        Accept-Encoding: gzip, deflate
        Connection: keep-alive
        Cookie: session=0123456789abcdef; theme=dark
        Upgrade-Insecure-Requests: 1


        """.ReplaceLineEndings("\r\n"));

    private readonly byte[] tls = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc];
    private readonly HttpRequestParser parser = new();

    [Benchmark(Baseline = true, Description = "a browser's GET")]
    public ParseStatus Complete() => Parse(Head);

    [Benchmark(Description = "its first half only")]
    public ParseStatus Incomplete() => Parse(Head.AsSpan(0, Head.Length / 2));

    [Benchmark(Description = "not HTTP")]
    public ParseStatus NotHttp() => Parse(tls);

    private ParseStatus Parse(ReadOnlySpan<byte> input)
    {
        var facts = default(FlowFacts);
        return parser.Parse(input, ref facts).Status;
    }
}
