namespace Calamary.EndToEnd.HttpProxy;

/// <summary>Requests that two parsers could read differently go no further.</summary>
public sealed class FramingTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Start = @"POST http://v4.example.test:8080/ HTTP/1.1\r\nHost: v4.example.test:8080\r\n";

    [Theory]
    [InlineData(Start + @"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Start + @"Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody")]
    [InlineData(Start + @"Content-Length: +4\r\n\r\nbody")]
    [InlineData(Start + @"Content-Length: 4x\r\n\r\nbody")]
    [InlineData(Start + @"X-Folded: a\r\n b\r\n\r\n")]
    [InlineData(Start + @"X-Space : a\r\n\r\n")]
    [InlineData(Start + @"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Start + @"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData(Start + @"X-Nul: a\x00b\r\n\r\n")]
    [InlineData(@"POST http://v4.example.test:8080/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData(@"NONSENSE\r\n\r\n")]
    public async Task Ambiguous_request_is_refused(string request)
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 8080}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.RawAsync(request);
        Assert.StartsWith("HTTP/1.1 400", outcome.Text, StringComparison.Ordinal);
        Assert.Equal("eof", outcome.End);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Broken_chunk_ends_the_connection()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 8080}", "accept"));
        var outcome = await lab.RawAsync(Start + @"Transfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n");
        Assert.DoesNotContain("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
    }

    [Fact]
    public async Task Endless_head_is_bounded()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 8080}", "accept"));
        var outcome = await lab.Client.PeerAsync(
            Addresses.Proxy4, Settings.HttpPort, "--send", Start + "X-Long: ", "--zeros", "10000000", "--timeout", "5");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
    }

    [Fact]
    public async Task Half_a_head_is_given_up_at_the_timeout()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.With("timeout: {process: 500}").Rule("{port: 8080}", "accept"));
        var outcome = await lab.RawAsync(@"GET http://v4.exam");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.InRange(outcome.Seconds, 0.4, 2);
    }
}
