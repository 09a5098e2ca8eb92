using System.Text.RegularExpressions;
using Calamary.EndToEnd.HttpProxy;

namespace Calamary.EndToEnd.Tls;

/// <summary>The action <c>redirect</c>, by bytes: whatever a Host holds, no header but ours comes out.</summary>
[Collection(TlsLab.Collection)]
public sealed class HttpsRedirectTests(TlsLab lab)
{
    [Theory]
    [InlineData("GET", 301)]
    [InlineData("HEAD", 301)]
    [InlineData("POST", 308)]
    [InlineData("PUT", 308)]
    [InlineData("OPTIONS", 308)]
    public async Task Proxied_requests_are_sent_to_https(string method, int status)
    {
        await using var calamary = await StartAsync();
        var before = await lab.ServerConnectionsAsync();
        string[] how = method == "HEAD" ? ["--head"] : ["-i", "-X", method];
        var result = await lab.CurlAsync(Way.Http, Pki.Instance.Root, [.. how, "http://valid.tls.test:8080/dir/page?x=1&y=%20"]);
        Assert.Equal((0, status), (result.ExitCode, result.Status));
        Assert.Matches(@"(?im)^location: https://valid\.tls\.test/dir/page\?x=1&y=%20\s*$", result.Output);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Theory]
    [InlineData(@"Host: valid.tls.test", "valid.tls.test")]
    [InlineData(@"Host: valid.tls.test:80", "valid.tls.test")]
    [InlineData(@"Host: VALID.tls.test:8080", "(?i)valid.tls.test")]
    [InlineData(@"Host:   valid.tls.test  ", "valid.tls.test")]
    [InlineData(@"Host: [fd77:2::5]:80", @"\[fd77:2::5\]")]
    [InlineData(@"Host: 10.77.2.5", "10.77.2.5")]
    [InlineData(@"", null)]
    [InlineData(@"Host:", null)]
    [InlineData(@"Host: valid.tls.test\r\nHost: valid.tls.test", null)]
    [InlineData(@"Host: a b", null)]
    [InlineData(@"Host: a\tb", null)]
    [InlineData(@"Host: a\rSet-Cookie: x=1", null)]
    [InlineData(@"Host: a\nSet-Cookie: x=1", null)]
    [InlineData(@"Host: a\r\n b", null)]
    [InlineData(@"Host: a\x00b", null)]
    [InlineData(@"Host: user@valid.tls.test", null)]
    [InlineData(@"Host: evil.test/valid.tls.test", null)]
    [InlineData(@"Host: evil.test?", null)]
    [InlineData(@"Host: evil.test#", null)]
    [InlineData(@"Host: evil.test\\@valid.tls.test", null)]
    [InlineData(@"Host: valid.tls.test:80:90", null)]
    [InlineData(@"Host: valid.tls.test:x", null)]
    [InlineData(@"Host: b\xc3\xbccher.test", null)]
    [InlineData(@"Host: <script>", null)]
    [InlineData(@"Host: %0d%0aSet-Cookie:x", null)]
    public async Task Host_is_proper_or_it_is_a_bad_request(string host, string? name)
    {
        await using var calamary = await StartAsync();
        var request = $@"GET /p?q HTTP/1.1\r\n{host}{(host.Length > 0 ? @"\r\n" : "")}\r\n";
        var outcome = await lab.Client.PeerAsync(Addresses.Tls4, 80, "--send", request, "--timeout", "4");
        Verify(outcome.Text, name is null ? null : name + "/p\\?q");
    }

    [Theory]
    [InlineData(@"/a%0d%0aSet-Cookie:%20x=1", @"/a%0d%0aSet-Cookie:%20x=1")]
    [InlineData(@"//evil.test/", "//evil.test/")]
    [InlineData(@"/a?b=http://evil.test/", @"/a\?b=http://evil\.test/")]
    [InlineData(@"/a\rSet-Cookie:x", null)]
    [InlineData(@"/a\nSet-Cookie:x", null)]
    [InlineData(@"/a\x00", null)]
    [InlineData(@"@evil.test/", null)]
    [InlineData(@".evil.test/", null)]
    [InlineData(@"*", null)]
    public async Task Path_cannot_change_where_it_leads(string path, string? said)
    {
        await using var calamary = await StartAsync();
        var outcome = await lab.Client.PeerAsync(
            Addresses.Tls4, 80, "--send", $@"GET {path} HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n", "--timeout", "4");
        Verify(outcome.Text, said is null ? null : @"valid\.tls\.test" + said);
    }

    [Theory]
    [InlineData(@"GET http://valid.tls.test:80/p HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n", "valid.tls.test/p")]
    [InlineData(@"GET http://valid.tls.test?q=1 HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n", @"valid.tls.test/\?q=1")]
    [InlineData(@"GET http://user:secret@valid.tls.test/p HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n", null)]
    [InlineData(@"GET http://valid.tls.test/p HTTP/1.1\r\n\r\n", null)]
    [InlineData(@"GET http://valid.tls.test\r\nSet-Cookie:x/p HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n", null)]
    [InlineData(@"GET http://b\xc3\xbccher.test/p HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n", null)]
    public async Task Proxied_targets_are_held_to_the_same(string request, string? said)
    {
        await using var calamary = await StartAsync();
        var outcome = await lab.Net.RawAsync(request);
        Verify(outcome.Text, said);
    }

    private static void Verify(string answer, string? location)
    {
        Assert.DoesNotContain("\nSet-Cookie", answer, StringComparison.OrdinalIgnoreCase);
        if (location is null)
        {
            Assert.DoesNotMatch("(?im)^location:", answer);
            Assert.Matches(@"^$|^HTTP/1\.1 400 ", answer);
            return;
        }
        Assert.StartsWith("HTTP/1.1 301", answer, StringComparison.Ordinal);
        Assert.Matches($@"(?im)^location: https://{location}\r$", answer);
        Assert.Single(Regex.Matches(answer, "(?im)^location:"));
    }

    private async Task<CalamaryProcess> StartAsync() => await lab.StartAsync((await Way.Http.SettingsAsync()).Rule("{protoL5: http}", "redirect"));
}
