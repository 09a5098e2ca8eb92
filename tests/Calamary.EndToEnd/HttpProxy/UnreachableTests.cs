namespace Calamary.EndToEnd.HttpProxy;

/// <summary>What the client is told when the server cannot be reached, or must not be.</summary>
public sealed class UnreachableTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings AcceptAll =
        Settings.Http.With("timeout: {connect: 500}", "output: {retries: 0}").Rule("{port: 1-65535}", "accept");

    [Theory]
    [InlineData("nowhere.example.test", 502)]
    [InlineData("refusing.example.test", 502)]
    [InlineData(Addresses.Refusing4, 502)]
    [InlineData("silent.example.test", 504)]
    [InlineData(Addresses.Silent4, 504)]
    [InlineData("[" + Addresses.Silent6 + "]", 504)]
    public async Task Server_that_does_not_answer(string host, int status)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var plain = await lab.ProxiedAsync($"http://{host}/");
        Assert.Equal(status, plain.Status);
        var tunnel = await lab.ProxiedAsync($"https://{host}/");
        Assert.Equal(status, tunnel.ConnectStatus);
        Assert.True(plain.Seconds + tunnel.Seconds < 4, $"took {plain.Seconds} and {tunnel.Seconds} s");
    }

    [Theory]
    [InlineData("loopback4.example.test")]
    [InlineData("loopback6.example.test")]
    [InlineData("mapped.example.test")]
    [InlineData("linklocal.example.test")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[64:ff9b::127.0.0.1]")]
    [InlineData("[2002:7f00:1::]")]
    public async Task Forbidden_address_is_403_however_it_is_written(string host)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        Assert.Equal(403, (await lab.ProxiedAsync($"http://{host}/")).Status);
        Assert.Equal(403, (await lab.ProxiedAsync($"https://{host}/")).ConnectStatus);
        Assert.True((await calamary.MetricsAsync()).FlowEnd("denied_by_deny_always") >= 2);
    }

    [Fact]
    public async Task Name_with_a_good_and_a_forbidden_address_leads_to_the_good_one()
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        await using var trap = lab.Proxy.Start(["ncat", "-l", "127.0.0.1", "80", "-c", "echo caught"]);
        await trap.WaitForPortAsync(80);
        var result = await lab.ProxiedAsync("http://rebind.example.test/");
        Assert.Equal((200, WebServer.Page), (result.Status, result.Output));
        Assert.True(trap.IsListening(80));
    }

    [Theory]
    [InlineData(Addresses.Proxy4)]
    [InlineData(Addresses.ProxyOut4)]
    [InlineData("[" + Addresses.Proxy6 + "]")]
    [InlineData("[::ffff:10.77.1.1]")]
    [InlineData("self.example.test")]
    public async Task Own_listener_is_403(string host)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var tunnel = await lab.ProxiedAsync($"https://{host}:{Settings.HttpPort}/");
        Assert.Equal(403, tunnel.ConnectStatus);
        Assert.Equal(403, (await lab.ProxiedAsync($"http://{host}:{Settings.HttpPort}/")).Status);
        Assert.True((await calamary.MetricsAsync()).FlowEnd("loop_detected") >= 2);
    }

    [Fact]
    public async Task Mapped_address_is_judged_as_the_ipv4_address()
    {
        await using var calamary = await lab.StartAsync(AcceptAll.WithoutRules()
            .Rule("{dest: 10.77.2.2, protoL3: ip4}", "accept"));
        Assert.Equal(200, (await lab.ProxiedAsync("http://[::ffff:10.77.2.2]/")).Status);
        Assert.Equal(403, (await lab.ProxiedAsync($"http://[{Addresses.Server6}]/")).Status);
    }
}
