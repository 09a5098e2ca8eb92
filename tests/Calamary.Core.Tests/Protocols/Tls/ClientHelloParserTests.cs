using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Tests.Protocols.Tls;

public sealed class ClientHelloParserTests : ParserContract<ClientHelloVectors>
{
    [Fact]
    public void Done_says_how_long_the_hello_was()
    {
        var hello = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "tls", "chromium.bin"));
        var facts = default(FlowFacts);
        Assert.Equal(ParseResult.Done(hello.Length), ClientHelloVectors.Parser.Parse([.. hello, 1, 2, 3], ref facts));
    }

    [Theory]
    [InlineData("chromium")]
    [InlineData("synthetic-60k")]
    public void Bounds_keep_attempts_few_even_in_records_of_one_byte(string name)
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "tls", $"{name}.bin"));
        var bytes = ClientHelloVectors.Cut(ClientHelloVectors.Message(file), _ => 1);
        var facts = default(FlowFacts);
        var attempts = 1;
        var result = ClientHelloVectors.Parser.Parse(default, ref facts);
        for (; result.Status == ParseStatus.NeedMoreData; attempts++)
            result = ClientHelloVectors.Parser.Parse(bytes.AsSpan(0, result.Length), ref facts);
        Assert.Equal(ParseStatus.Done, result.Status);
        Assert.InRange(attempts, 1, 100);
    }

    [Fact]
    public void The_body_is_parsed_without_records_for_QUIC()
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "tls", "curl.bin"));
        Assert.True(ClientHello.TryParse(ClientHelloVectors.Message(file).AsSpan(4), out var hello, out _));
        Assert.Equal("curl.example", hello.ToFacts().ServerName);
    }

    [Fact]
    public void Names_of_frequent_protocols_are_shared()
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "tls", "curl.bin"));
        var facts = default(FlowFacts);
        ClientHelloVectors.Parser.Parse(file, ref facts);
        Assert.Same("h2", facts.Tls!.Alpn[0]);
    }
}
