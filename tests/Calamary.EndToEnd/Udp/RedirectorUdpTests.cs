using Calamary.EndToEnd.Redirector;

namespace Calamary.EndToEnd.Udp;

/// <summary>client - redirector - proxy - server, by datagrams.</summary>
public sealed class RedirectorUdpTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private const string Udp = ReceivingProxy.Trusted + ", udp: true";
    private static readonly string A = ReceivingProxy.Endpoint(IpFamily.IPv4);
    private static readonly string B = ReceivingProxy.Endpoint(IpFamily.IPv4, ReceivingProxy.OtherPort);
    private LabProcess? echo;

    public async Task InitializeAsync() => echo = await lab.StartEchoAsync();

    public async Task DisposeAsync() => await echo!.DisposeAsync();

    [Theory]
    [InlineData(IpFamily.IPv4, IpFamily.IPv4)]
    [InlineData(IpFamily.IPv4, IpFamily.IPv6)]
    [InlineData(IpFamily.IPv6, IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6, IpFamily.IPv6)]
    public async Task Proxy_sees_the_original_addresses(IpFamily family, IpFamily link)
    {
        await using var proxy = await ReceivingProxy.StartAsync(lab, listener: Udp);
        await using var redirector = await StartAsync(ReceivingProxy.Endpoint(link));
        Assert.Equal(["0 same", "1 same", "1400 same"], await lab.Client.UdpAsync(family, "echo", UdpClients.Echo, "0", "1", "1400"));
        Assert.Equal(["1400 same"], await lab.Client.UdpAsync(family, "echo", UdpClients.LowEcho, "1400"));
        Assert.Equal(Enumerable.Repeat((Addresses.Client(family), Addresses.Server(family)), 2), proxy.Accepted().Select(f => (f.Source, f.Destination)));
        await redirector.Log.WaitForAsync($@"INFO \| forward \| {UdpClients.Flow(family, UdpClients.Echo)} \| Accept");
    }

    [Fact]
    public async Task Clients_do_not_mix()
    {
        await using var proxy = await ReceivingProxy.StartAsync(lab, listener: Udp);
        await using var redirector = await StartAsync(A);
        var crowds = Enumerable.Range(0, 2).Select(_ => lab.Client.UdpAsync(IpFamily.IPv4, "many", UdpClients.Echo, "300", "4")).ToArray();
        foreach (var crowd in crowds) Assert.Equal(["right 1275 of 1275 wrong 0"], await crowd);
        Assert.Equal(600, proxy.Accepted().Count);
    }

    [Fact]
    public async Task Proxy_that_dies_is_left_out()
    {
        await using var one = await ReceivingProxy.StartAsync(lab, listener: Udp);
        await using var other = await ReceivingProxy.StartAsync(lab, ReceivingProxy.OtherPort, Udp);
        await using var redirector = await StartAsync(A, B);
        await redirector.AwaitUpAsync(A);
        await redirector.AwaitUpAsync(B);
        Assert.StartsWith("right 25 of 25 wrong 0", (await lab.Client.UdpAsync(IpFamily.IPv4, "many", UdpClients.Echo, "20", "1"))[0], StringComparison.Ordinal);
        Assert.True(one.Accepted().Count > 0 && other.Accepted().Count > 0);
        await using var survivor = lab.Client.StartUdp(IpFamily.IPv4, "watch", UdpClients.Echo);
        await survivor.Output.WaitForAsync("^answered$");
        one.Signal(PosixSignalNumber.Kill);
        await redirector.AwaitUpAsync(A, up: false);
        Assert.StartsWith("right 25 of 25 wrong 0", (await lab.Client.UdpAsync(IpFamily.IPv4, "many", UdpClients.Echo, "20", "1"))[0], StringComparison.Ordinal);
        // Where its proxy has died, a socket goes on by another one.
        await Eventually.TrueAsync(() => survivor.Output.Snapshot()[^1] == "answered", "it is answered");
    }

    private async Task<RedirectorProcess> StartAsync(params string[] proxies)
    {
        var settings = RedirectorSettings.To(Interception.TproxyUdp, proxies).With("proxyProtocol: 2");
        var redirector = await RedirectorProcess.StartAsync(lab, settings, Interception.TproxyUdp);
        await redirector.Process.WaitForUdpPortAsync(Settings.TransparentPort);
        return redirector;
    }
}
