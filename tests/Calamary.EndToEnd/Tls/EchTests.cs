namespace Calamary.EndToEnd.Tls;

/// <summary>The criterion <c>ech</c>.</summary>
[Collection(TlsLab.Collection)]
public sealed class EchTests(TlsLab lab)
{
    [Theory]
    [InlineData(Way.Transparent)]
    [InlineData(Way.Http)]
    [InlineData(Way.Socks5)]
    public async Task Hello_with_the_extension_can_be_denied(Way way)
    {
        await using var calamary = await lab.StartAsync((await way.SettingsAsync()).Rule("{ech: true}", "deny", "name: noech").Rule("{dns: valid.tls.test}", "accept"), way);
        var before = await lab.ServerConnectionsAsync();
        Assert.False((await lab.TlsAsync(way, "valid.tls.test", OddTlsServer.Recorder, "--ech")).Answered);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
        await calamary.Log.WaitForAsync(@"Denied by rule 0 \(noech\)");
        Assert.StartsWith("TLSv1.3", (await lab.TlsAsync(way, "valid.tls.test", OddTlsServer.Recorder)).Version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_hello_with_the_extension_is_not_touched()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{ech: true, dns: valid.tls.test}", "accept"));
        var from = lab.Odd.Events.Snapshot().Count;
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Recorder, "--ech");
        Assert.True(outcome.Answered);
        Assert.Equal("hello " + outcome.Hello, await lab.Odd.Events.WaitForAsync("^hello ", from));
        Assert.False((await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Recorder)).Answered);
    }

    /// <summary>The browser sends the extension with noise in it where it knows no key: GREASE.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Grease_of_chromium_looks_the_same(string denied)
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule($"{{ech: {denied}}}", "deny").Rule("{dns: valid.tls.test}", "accept"));
        var home = await Chromium.HomeAsync(lab.Client, Pki.Instance.Root);
        var load = Assert.Single(await lab.Client.LoadAsync(home, "valid.tls.test", Addresses.Tls4, 1, "--disable-quic"));
        if (denied == "true") Assert.StartsWith("net::ERR_", load.Text, StringComparison.Ordinal);
        else Assert.Equal(WebServer.Page, load.Text);
    }

    /// <summary>Interception does not accept ECH, so the browser's noise does no harm; the name outside is the one.</summary>
    [Fact]
    public async Task Grease_does_not_hinder_interception()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{ech: true}", "intercept").Rule("{host: valid.tls.test}", "accept"));
        var home = await Chromium.HomeAsync(lab.Client, Pki.Instance.Intercept);
        Assert.Equal(WebServer.Page, Assert.Single(await lab.Client.LoadAsync(home, "valid.tls.test", Addresses.Tls4, 1, "--disable-quic")).Text);
    }
}
