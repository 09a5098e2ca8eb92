namespace Calamary.EndToEnd.Transparent;

/// <summary>What no rule can allow.</summary>
public sealed class GuardTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings AcceptAll = Settings.Dnat.Rule("{port: 1-65535}", "accept");

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Connection_made_straight_to_the_listener_is_refused_and_says_so(IpFamily family)
    {
        await using var calamary = await lab.StartAsync(AcceptAll, Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Proxy(family), Settings.TransparentPort, "--send", "x");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.True(outcome.Seconds < 1);
        await calamary.Log.WaitForAsync($@"\| {Addresses.Client(family)} => ");
        await AwaitEndAsync(calamary, "not_redirected");
    }

    [Fact]
    public async Task Straight_to_a_tproxy_listener_too()
    {
        var settings = Settings.Tproxy.Listen("mode: transparent, tproxy: true, ip4: ['10.77.1.1'], ip6: []", 4200)
            .Rule("{port: 1-65535}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Tproxy);
        var outcome = await lab.Client.PeerAsync(Addresses.Proxy4, 4200, "--send", "x");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        var metrics = await calamary.MetricsAsync();
        Assert.Equal(1, metrics.FlowEnd("not_redirected") + metrics.FlowEnd("loop_detected"));
    }

    [Theory]
    [InlineData(Addresses.Server4)]
    [InlineData(Addresses.Server6)]
    public async Task Own_output_redirected_back_ends(string server)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        await Firewall.ApplyAsync(lab.Proxy, Firewall.Rules(Interception.Dnat) + Firewall.OutputLoop);
        var result = await lab.Client.CurlAsync(
            ["--max-time", "15", .. Curl.Resolve("a.example.test", 443, server), "https://a.example.test/"]);
        Assert.NotEqual(0, result.ExitCode);
        await AwaitEndAsync(calamary, "loop_detected");
        Assert.InRange((await calamary.MetricsAsync())["calamary_req_tcp"], 0, 8);
    }

    [Theory]
    [InlineData("denyAlways: ['10.77.2.0/24']", IpFamily.IPv4)]
    [InlineData("denyAlways: ['fd77:2::/64']", IpFamily.IPv6)]
    public async Task Deny_always_comes_before_the_rules(string setting, IpFamily family)
    {
        await using var calamary = await lab.StartAsync(AcceptAll.With(setting), Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.Echo, "--send", "x");
        Assert.Equal(0, outcome.Received);
        await calamary.Log.WaitForAsync(@"\| Denied by denyAlways");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Several_listeners_work_at_once()
    {
        var settings = AcceptAll.Listen("mode: transparent, ip4: ['0.0.0.0'], ip6: ['::']", 4228)
            .Listen("mode: http, ip4: ['0.0.0.0'], ip6: ['::']", Settings.HttpPort);
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        await Firewall.ApplyAsync(lab.Proxy, """
            chain prerouting {
                type nat hook prerouting priority dstnat;
                iifname "client" tcp dport 7001 redirect to :4128
                iifname "client" tcp dport 7004 redirect to :4228
            }
            """);
        Assert.Equal("x", (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1")).Text);
        Assert.Equal("220 ready\r\n", (await lab.Client.PeerAsync(Addresses.Server6, OddServer.Greet, "--leave-after", "11")).Text);
        var result = await lab.Client.CurlAsync("-x", $"http://{Addresses.Proxy4}:{Settings.HttpPort}", "http://v4.example.test/");
        Assert.Equal(200, result.Status);
    }

    [Fact]
    public async Task Rules_see_the_listener()
    {
        var settings = Settings.Dnat.Listen("mode: transparent, ip4: ['0.0.0.0'], ip6: ['::']", 4228)
            .Rule("{listener: 'transparent:4228'}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1");
        Assert.Equal(0, outcome.Received);
    }

    private static Task AwaitEndAsync(CalamaryProcess calamary, string reason) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync()).FlowEnd(reason) >= 1, $"a flow ends by {reason}", 3);
}
