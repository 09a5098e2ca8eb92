using Calamary.EndToEnd.Users;

namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>What rules know inside, of the flow and of the server.</summary>
[Collection(TlsLab.Collection)]
public sealed class InnerFactTests(TlsLab lab)
{
    private const string Site = "https://valid.tls.test/say/x";

    [Fact]
    public async Task Certificate_of_the_server_is_known()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{protoL5: tls}", "intercept")
            .Rule("{protoL5: http, cert: expired}", "deny", "name: old").Rule("{protoL5: http, cert: [valid, mismatch]}", "accept"));
        foreach (var (host, status) in new[] { ("valid", 200), ("expired", 403), ("wrongname", 200), ("selfsigned", 403) })
            Assert.Equal((host, status), (host, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, "-k", $"https://{host}.tls.test/")).Status));
        await calamary.Log.WaitForAsync(@":443 \| Denied by rule 1 \(old\), cert: expired .*CN=expired\.tls\.test");
    }

    [Fact]
    public async Task Alpn_is_what_was_agreed_on()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{encrypted: true, protoL5: http, alpn: h2, tlsVersion: '1.3'}", "accept")));
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, "--http2", Site)).Status);
        Assert.Equal(403, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, "--http1.1", Site)).Status);
        // Offered, not taken.
        Assert.Equal(403, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, "--http2", $"https://valid.tls.test:{TlsServers.OnlyHttp1}/say/x")).Status);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task User_and_listener_are_still_known(string version)
    {
        var users = new UsersFile();
        await users.SetAsync("alice", "secret");
        await users.SetAsync("bob", "secret");
        await using var calamary = await lab.StartAsync((await Way.Http.SettingsAsync()).Listen($"mode: http, ip4: ['0.0.0.0'], users: '{users.FilePath}'", 4140)
            .Rule("{protoL5: tls}", "intercept").Rule("{user: alice, listener: 'http:4140', path: '/say/*', src: 10.77.1.2, port: 443}", "accept"), Way.Http);
        foreach (var (user, status) in new[] { ("alice", 200), ("bob", 403) })
        {
            var result = await lab.CurlAsync(Way.Http, Setup.Intercept, version, "-x", $"http://{Addresses.Proxy4}:4140", "--proxy-user", $"{user}:secret", Site);
            Assert.Equal((user, status), (user, result.Status));
        }
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Redirection_inside_is_a_denial(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: /say/x}", "redirect"), ("{host: valid.tls.test}", "accept")));
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-i", Site);
        Assert.Equal(403, result.Status);
        Assert.DoesNotMatch("(?im)^location:", result.Output);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Requests_forge_no_log_line(string version)
    {
        await using var calamary = await lab.StartAsync((await Setup.InsideAsync(("{path: '/say/no*'}", "deny"), ("{host: valid.tls.test}", "accept"))).With("debug: true"));
        const string forged = "%0a2023-10-02%2000:10:30%20%7C%20INFO%20%7C%20forward%20%7C%201.2.3.4%20=%3E%205.6.7.8:443%20%7C%20Accept%1b%5b2J%c2%85";
        var result = await lab.CurlAsync(
            Way.Transparent, Setup.Intercept, version, "--path-as-is", "-X", "M|x", $"https://valid.tls.test/say/no{forged}", $"https://valid.tls.test/say/|a|b|{forged}");
        Assert.Equal(403, result.Transfers[0].Status);
        await calamary.Log.WaitForAsync(@":443 \| Denied by rule 0");
        Assert.All(calamary.Log.Snapshot(), line => Assert.Equal(5, line.Split(" | ").Length));
        Assert.DoesNotContain(calamary.Log.Snapshot(), line => line.StartsWith("2023", StringComparison.Ordinal) || line.Any(char.IsControl));
    }
}
