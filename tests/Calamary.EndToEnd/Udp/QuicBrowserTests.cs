namespace Calamary.EndToEnd.Udp;

/// <summary>A browser and a server that speak HTTP/3, neither knowing of the proxy.</summary>
public sealed class QuicBrowserTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private const string Name = "a.example.test";
    private static readonly Settings All = Settings.Udp.Rule($"{{dns: {Name}, protoL5: [tls, quic]}}", "accept");
    private static readonly Settings OnlyTls = Settings.Udp.Rule("{protoL5: quic}", "deny", "name: no quic").Rule($"{{dns: {Name}, protoL5: tls}}", "accept");
    private LabProcess? caddy;

    public async Task InitializeAsync()
    {
        caddy = await CaddyServer.StartAsync(lab.Server);
        await Firewall.CountDatagramsAsync(lab.Server, 443);
    }

    public async Task DisposeAsync() => await caddy!.DisposeAsync();

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Name_that_is_allowed_is_loaded_by_http3(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(All);
        var loads = await LoadAsync(await HomeAsync(), family, 4);
        Assert.Equal(("h3", "a by HTTP/3.0"), (loads[^1].Protocol, loads[^1].Text));
        Assert.True(await Firewall.CountedDatagramsAsync(lab.Server) > 0);
        Assert.InRange((await calamary.MetricsAsync())["calamary_req_protoL5{protocol=\"QUIC\"}"], 1, 20);
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Where_quic_is_denied_the_browser_goes_on_by_tcp_at_once(IpFamily family)
    {
        var home = await HomeAsync();
        await using (await lab.StartUdpAsync(All)) Assert.Equal("h3", (await LoadAsync(home, family, 4))[^1].Protocol);
        await Firewall.CountDatagramsAsync(lab.Server, 443);
        await using var calamary = await lab.StartUdpAsync(OnlyTls);
        var loads = await LoadAsync(home, family, 2);
        Assert.All(loads, load => Assert.Equal(("h2", "a by HTTP/2.0"), (load.Protocol, load.Text)));
        Assert.All(loads, load => Assert.InRange(load.Seconds, 0, 2));
        await calamary.Log.WaitForAsync($@"{Addresses.Client(family)} => \S+:443 \| Denied by rule 0 \(no quic\)$");
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Connection_that_is_denied_fails_at_once(IpFamily family)
    {
        // Without an answer the browser tries for four seconds; forced, it has nothing else to try.
        await using var calamary = await lab.StartUdpAsync(OnlyTls);
        var load = Assert.Single(await LoadAsync(await HomeAsync(), family, 1, $"--origin-to-force-quic-on={Name}:443"));
        Assert.StartsWith("net::ERR_QUIC", load.Text, StringComparison.Ordinal);
        Assert.InRange(load.Seconds, 0, 2);
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
    }

    [Fact]
    public async Task Name_that_is_denied_is_not_loaded_at_all()
    {
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.Rule("{dns: b.example.test}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        foreach (var port in new[] { 1, 443 })
        {
            var load = Assert.Single(await LoadAsync(await HomeAsync(), IpFamily.IPv4, 1, $"--origin-to-force-quic-on={Name}:{port}"));
            Assert.StartsWith("net::ERR_", load.Text, StringComparison.Ordinal);
        }
        Assert.Equal((before, 0), (await lab.ServerConnectionsAsync(), await Firewall.CountedDatagramsAsync(lab.Server)));
    }

    private async Task<string> HomeAsync() => await Chromium.HomeAsync(lab.Client, (await Certificates.GetAsync()).Authority);

    private Task<IReadOnlyList<PageLoad>> LoadAsync(string home, IpFamily family, int loads, params string[] options) =>
        lab.Client.LoadAsync(home, Name, Addresses.Quic(family), loads, options);
}
