namespace Calamary.EndToEnd.Transparent;

public sealed class HttpRedirectTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings RedirectHttp = Settings.Dnat.Rule("{port: 1-65535}", "redirect");

    [Theory]
    [InlineData(IpFamily.IPv4, "GET", 301)]
    [InlineData(IpFamily.IPv6, "GET", 301)]
    [InlineData(IpFamily.IPv4, "HEAD", 301)]
    [InlineData(IpFamily.IPv4, "POST", 308)]
    [InlineData(IpFamily.IPv4, "DELETE", 308)]
    public async Task Plain_http_is_sent_to_https(IpFamily family, string method, int status)
    {
        await using var calamary = await lab.StartAsync(RedirectHttp, Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        string[] how = method == "HEAD" ? ["--head"] : ["-i", "-X", method];
        var result = await lab.Client.CurlAsync(
            [.. how, .. Curl.Resolve("a.example.test", 80, Addresses.Server(family)), "http://a.example.test/dir/page?x=1&y=%20"]);
        Assert.Equal((0, status), (result.ExitCode, result.Status));
        Assert.Matches(@"(?im)^location: https://a\.example\.test/dir/page\?x=1&y=%20\s*$", result.Output);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Port_of_the_host_is_left_out()
    {
        await using var calamary = await lab.StartAsync(RedirectHttp, Interception.Dnat);
        var result = await lab.Client.CurlAsync(
            ["-i", .. Curl.Resolve("a.example.test", 8080, Addresses.Server4), "http://a.example.test:8080/p"]);
        Assert.Equal(301, result.Status);
        Assert.Matches(@"(?im)^location: https://a\.example\.test/p\s*$", result.Output);
    }

    [Theory]
    [InlineData(@"GET / HTTP/1.1\r\n\r\n")]
    [InlineData(@"GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData(@"GET / HTTP/1.1\r\nHost: a.example.test\r\nHost: b.example.test\r\n\r\n")]
    [InlineData(@"GET / HTTP/1.1\r\nHost: evil.test/path?\r\n\r\n")]
    public async Task Without_a_proper_host_it_is_a_bad_request(string request)
    {
        await using var calamary = await lab.StartAsync(RedirectHttp, Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, 80, "--send", request);
        Assert.StartsWith("HTTP/1.1 400", outcome.Text, StringComparison.Ordinal);
        Assert.Equal("eof", outcome.End);
    }

    [Fact]
    public async Task Anything_else_is_denied_by_the_redirect_rule()
    {
        await using var calamary = await lab.StartAsync(RedirectHttp, Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        var result = await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server4), "https://a.example.test/"]);
        Assert.NotEqual(0, result.ExitCode);
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.2:443 \| Denied by rule 0");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }
}
