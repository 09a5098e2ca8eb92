namespace Calamary.EndToEnd.HttpProxy;

public sealed class HeaderTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Echo = "http://v4.example.test:8080/";

    [Fact]
    public async Task Via_is_added_and_hop_by_hop_headers_stay_behind()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 8080}", "accept"));
        var result = await lab.ProxiedAsync(
            "-i", "-H", "Connection: X-Private, keep-alive", "-H", "X-Private: 1", "-H", "X-Kept: 2", "-H", "Keep-Alive: timeout=3",
            "-H", "Proxy-Connection: keep-alive", "-H", "Proxy-Authorization: Basic eDp5", "-H", "TE: gzip", "-H", "Via: 1.0 before", Echo);
        Assert.Equal(200, result.Status);
        var parts = result.Output.Split("\n\n", 2);
        var answer = parts[0];
        var request = parts[1];

        Assert.Matches(@"(?im)^via: 1\.0 before(, |[\s\S]*^via: )1\.1 ", request);
        Assert.Matches(@"(?im)^x-kept: 2", request);
        Assert.Matches(@"(?im)^host: v4\.example\.test:8080", request);
        Assert.DoesNotMatch(@"(?im)^(x-private|keep-alive|proxy-connection|proxy-authorization|te):", request);

        Assert.Matches(@"(?im)^via: 1\.1 ", answer);
        Assert.Matches(@"(?im)^x-answer: kept", answer);
        Assert.DoesNotMatch(@"(?im)^(x-answer-hop|keep-alive):", answer);
    }

    [Fact]
    public async Task Trailer_fields_stay_behind()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 8080}", "accept"));
        var outcome = await lab.RawAsync($@"POST {Echo} HTTP/1.1\r\nHost: v4.example.test:8080\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + @"3\r\nabc\r\n0\r\nProxy-Authorization: Basic eDp5\r\nX-Last: 1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("body 3 ", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("trailer", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_is_taken_from_the_target()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 8080}", "accept"));
        var outcome = await lab.RawAsync($@"GET {Echo} HTTP/1.1\r\nHost: other.example.test\r\nConnection: close\r\n\r\n");
        // RFC 9112 section 3.2.2: the received Host is ignored, and replaced.
        Assert.DoesNotContain("other.example.test", outcome.Text, StringComparison.Ordinal);
    }
}
