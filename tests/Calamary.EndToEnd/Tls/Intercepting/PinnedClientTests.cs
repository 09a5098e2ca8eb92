namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>Clients that trust the server's authority, not that of the interception.</summary>
[Collection(TlsLab.Collection)]
public sealed class PinnedClientTests(TlsLab lab)
{
    public static TheoryData<Way, string> Clients { get; } = new MatrixTheoryData<Way, string>(
        [Way.Transparent, Way.Http, Way.Https, Way.Socks5, Way.ProxyProto], ["1.2", "1.3"]);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Fallback_lets_the_next_attempt_through(Way way, string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way, ", interceptFallback: passthrough"), way);
        var first = await GetAsync(way, version);
        Assert.Equal(("alert", ""), (first.End, first.Text));
        await calamary.Log.WaitForAsync(@"valid\.tls\.test");
        var second = await GetAsync(way, version);
        Assert.True(second.Text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), second.ToString());
        Assert.Equal("CN=Lab-Between", second.Issuer);
        // Others are still intercepted.
        Assert.True((await lab.TlsAsync(way, "also.tls.test", TlsServers.Port, "--authority", Setup.Intercept)).IsIntercepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", interceptFallback: deny")]
    public async Task Without_it_they_are_refused_logged_and_counted(string listener)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(Way.Transparent, listener));
        var before = await calamary.MetricsAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var outcome = await GetAsync(Way.Transparent, "1.3");
            Assert.Equal(("alert", ""), (outcome.End, outcome.Text));
        }
        Assert.Equal(3, await calamary.Log.CountedAsync(@"10\.77\.1\.2 => 10\.77\.2\.5:443 \| .*valid\.tls\.test", 3));
        await Eventually.TrueAsync(async () => System.Text.RegularExpressions.Regex.IsMatch(
            (await calamary.MetricsAsync()).Text, "(?m)^calamary_flow_end\\{reason=\"[a-z_]*(intercept|client_certificate|refused|pinned|tls)[a-z_]*\"\\} 3"), "they are counted");
        Assert.Equal(60, (await lab.CurlAsync(Way.Transparent, Setup.Root, "https://valid.tls.test/")).ExitCode);
    }

    /// <summary>Nobody may get others out of interception by closing connections.</summary>
    [Fact]
    public async Task Client_that_just_leaves_changes_nothing()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(Way.Transparent, ", interceptFallback: passthrough"));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", TlsServers.Port, "--authority", Setup.Intercept);
            Assert.True(outcome.IsIntercepted, outcome.ToString());
        }
    }

    private Task<TlsOutcome> GetAsync(Way way, string version) =>
        lab.TlsGetAsync(way, "valid.tls.test", TlsServers.Port, "--authority", Setup.Root, "--version", version);
}
