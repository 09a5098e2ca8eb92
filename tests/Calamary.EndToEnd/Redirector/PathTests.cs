namespace Calamary.EndToEnd.Redirector;

/// <summary>client - redirector - proxy - server: the proxy knows what the client wanted.</summary>
public sealed class PathTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(Interception.Dnat, IpFamily.IPv4, IpFamily.IPv4, 1)]
    [InlineData(Interception.Dnat, IpFamily.IPv4, IpFamily.IPv6, 2)]
    [InlineData(Interception.Dnat, IpFamily.IPv6, IpFamily.IPv6, 1)]
    [InlineData(Interception.Dnat, IpFamily.IPv6, IpFamily.IPv4, 2)]
    [InlineData(Interception.Tproxy, IpFamily.IPv4, IpFamily.IPv4, 2)]
    [InlineData(Interception.Tproxy, IpFamily.IPv4, IpFamily.IPv6, 1)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6, IpFamily.IPv6, 2)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6, IpFamily.IPv4, 1)]
    public async Task Proxy_sees_the_original_addresses(Interception interception, IpFamily family, IpFamily link, int version)
    {
        await using var proxy = await ReceivingProxy.StartAsync(lab);
        var settings = RedirectorSettings.To(interception, ReceivingProxy.Endpoint(link)).With($"proxyProtocol: {version}");
        await using var redirector = await RedirectorProcess.StartAsync(lab, settings, interception);

        var web = await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server(family)), "https://a.example.test/"]);
        Assert.Equal((0, 200, WebServer.Page), (web.ExitCode, web.Status, web.Output));
        // Server first: nobody waits for the client's bytes.
        var greeting = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.Greet, "--leave-after", "11");
        Assert.Equal("220 ready\r\n", greeting.Text);
        var half = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.HalfClose, "--zeros", "100000", "--shutdown");
        Assert.StartsWith("100000 ", half.Text, StringComparison.Ordinal);
        Assert.True(half.Received > 1_000_000);

        var client = family == IpFamily.IPv4 ? Addresses.Client4 : Addresses.Client6;
        Assert.Equal(Enumerable.Repeat((client, Addresses.Server(family)), 3), proxy.Accepted().Select(f => (f.Source, f.Destination)));
        await redirector.Log.WaitForAsync($@"\| INFO \| forward \| {client} => \[?{Addresses.Server(family)}\]?:443 \| Accept");
        Assert.DoesNotContain(redirector.Log.Snapshot(), line => line.Contains("is down", StringComparison.Ordinal));
        Assert.Equal(3, (await redirector.MetricsAsync()).FlowEnd("completed") + (await redirector.MetricsAsync()).FlowEnd("client_reset"));
    }

    [Fact]
    public async Task Header_is_not_counted_as_relayed()
    {
        await using var proxy = await ReceivingProxy.StartAsync(lab);
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, ReceivingProxy.Endpoint(IpFamily.IPv4)));
        Assert.Equal("hello", (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "hello", "--leave-after", "5")).Text);
        await Eventually.TrueAsync(async () => await redirector.ProxyAsync("flows", ReceivingProxy.Endpoint(IpFamily.IPv4)) == 0, "the flow has ended");
        var metrics = await redirector.MetricsAsync();
        Assert.Equal((5, 5), (metrics["calamary_bytes_sent"], metrics["calamary_bytes_rcv"]));
    }

    [Fact]
    public async Task Connection_made_straight_to_the_listener_is_refused()
    {
        await using var redirector = await RedirectorProcess.StartAsync(lab, RedirectorSettings.To(Interception.Dnat, ReceivingProxy.Endpoint(IpFamily.IPv4)));
        Assert.Contains((await lab.Client.PeerAsync(Addresses.Proxy4, Settings.TransparentPort, "--send", "x")).End, new[] { "eof", "reset" });
        await redirector.Log.WaitForAsync("straight to the listener");
    }
}
