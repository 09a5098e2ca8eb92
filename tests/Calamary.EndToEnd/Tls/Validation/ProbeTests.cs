namespace Calamary.EndToEnd.Tls.Validation;

/// <summary>How often the proxy asks, and what of it is seen.</summary>
[Collection(TlsLab.Collection)]
public sealed class ProbeTests(TlsLab lab)
{
    [Fact]
    public async Task Fifty_flows_share_a_probe()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{cert: valid}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.TlsGetAsync(Way.Transparent, "valid.tls.test", TlsServers.Port, "--count", "50");
        Assert.Equal("50", outcome.Text);
        Assert.Equal(before + 51, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Fifty_denied_flows_are_one_connection_at_the_server()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{cert: valid}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.TlsGetAsync(Way.Transparent, "expired.tls.test", TlsServers.Port, "--count", "50");
        Assert.Equal("0", outcome.Text);
        Assert.Equal(before + 1, await lab.ServerConnectionsAsync());
    }

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task Nobody_asks_when_no_rule_does(Way way)
    {
        var settings = (await way.SettingsAsync()).Rule("{port: 1, cert: valid}", "accept").Rule("{dns: expired.tls.test}", "accept").Rule("{cert: valid}", "deny");
        await using var calamary = await lab.StartAsync(settings, way);
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.TlsGetAsync(way, "expired.tls.test", TlsServers.Port);
        Assert.StartsWith("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
        Assert.Equal(before + 1, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Nobody_asks_a_server_without_tls_on_the_client_side()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{cert: [valid, invalid, unreachable]}", "deny").Rule("{port: 80}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        var result = await lab.CurlAsync(Way.Transparent, Pki.Instance.Root, "http://valid.tls.test/");
        Assert.Equal((200, before + 1), (result.Status, await lab.ServerConnectionsAsync()));
    }

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task Accepted_flow_is_not_touched(Way way)
    {
        await using var calamary = await lab.StartAsync((await way.SettingsAsync()).Rule("{cert: valid}", "accept"), way);
        var from = lab.Odd.Events.Snapshot().Count;
        var outcome = await lab.TlsGetAsync(way, "valid.tls.test", OddTlsServer.Recorder, "--alpn", "http/1.1", "--segment", "100");
        Assert.StartsWith("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
        // What the server says comes through a pipe of its own.
        await Eventually.TrueAsync(() => lab.Odd.Events.Snapshot().Count >= from + 2, "both hellos are told");
        var hellos = lab.Odd.Events.Snapshot().Skip(from).ToArray();
        Assert.Equal(2, hellos.Length);
        Assert.Equal("hello " + outcome.Hello, hellos[1]);
        Assert.Equal(Pki.Instance["valid"].Leaf.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256), outcome.Certificate, ignoreCase: true);
    }

    [Fact]
    public async Task Reload_with_another_authority_changes_the_answer()
    {
        var settings = (await Way.Transparent.SettingsAsync()).Rule("{cert: valid}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        Assert.StartsWith("HTTP/1.1 200", (await lab.TlsGetAsync(Way.Transparent, "valid.tls.test", TlsServers.Port)).Text, StringComparison.Ordinal);
        calamary.Reload(settings.ToString().Replace(Pki.Instance.Trusted, (await Certificates.GetAsync()).Authority, StringComparison.Ordinal));
        await Eventually.TrueAsync(
            async () => (await lab.TlsGetAsync(Way.Transparent, "valid.tls.test", TlsServers.Port)).Text.Length == 0, "the old authority is forgotten");
    }
}
