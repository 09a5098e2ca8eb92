using System.Security.Cryptography;

namespace Calamary.EndToEnd.HttpProxy;

/// <summary>Absolute-form requests: <c>GET http://host/ HTTP/1.1</c>.</summary>
public sealed class ForwardedRequestTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Echo = "http://v4.example.test:8080/path?q=1";
    private static readonly Settings Web = Settings.Http.Rule("{dns: ['a.example.test', 'v4.example.test'], port: [80, 8080]}", "accept");

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Get(IpFamily family)
    {
        await using var calamary = await lab.StartAsync(Web);
        var result = await lab.ProxiedAsync(family, "http://a.example.test/");
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
    }

    [Fact]
    public async Task Head_has_no_body()
    {
        await using var calamary = await lab.StartAsync(Web);
        var result = await lab.ProxiedAsync("--head", Echo, "--next", "-sS", "-x", $"http://{Addresses.Proxy4}:4130", Echo);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Content-Length:", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("GET /path?q=1 HTTP/1.1", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "Transfer-Encoding: chunked")]
    [InlineData("POST", "X-Length: by content-length")]
    [InlineData("PUT", "X-Length: by content-length")]
    public async Task Bodies_arrive_whole(string method, string header)
    {
        await using var calamary = await lab.StartAsync(Web);
        var content = new string('b', 3_000_000);
        var file = LabFiles.NewFile("body", content);
        var result = await lab.ProxiedAsync("-X", method, "-H", header, "--data-binary", "@" + file, Echo);
        Assert.Equal(200, result.Status);
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(content)));
        Assert.StartsWith($"{method} /path?q=1 HTTP/1.1", result.Output, StringComparison.Ordinal);
        Assert.Contains($"body {content.Length} {hash}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denied_request_gets_403_and_reaches_nobody()
    {
        await using var calamary = await lab.StartAsync(Web);
        var before = await lab.ServerConnectionsAsync();
        Assert.Equal(403, (await lab.ProxiedAsync("http://b.example.test/")).Status);
        await calamary.Log.WaitForAsync(@"\| Denied by default");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Host_header_is_no_name_for_the_rules()
    {
        await using var calamary = await lab.StartAsync(Web);
        var outcome = await lab.RawAsync(@"GET http://b.example.test/ HTTP/1.1\r\nHost: a.example.test\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (403|400) ", outcome.Text);
    }

    [Fact]
    public async Task Each_request_of_a_connection_is_judged_for_itself()
    {
        await using var calamary = await lab.StartAsync(Web);
        var statuses = await lab.KeepAliveAsync("http://a.example.test/", Echo, "http://b.example.test/");
        Assert.Equal(["200", "200", "403"], statuses);
    }

    [Fact]
    public async Task Origin_form_is_a_bad_request()
    {
        await using var calamary = await lab.StartAsync(Web);
        Assert.StartsWith("HTTP/1.1 400", (await lab.RawAsync(@"GET / HTTP/1.1\r\nHost: a.example.test\r\n\r\n")).Text, StringComparison.Ordinal);
    }
}
