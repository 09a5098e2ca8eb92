namespace Calamary.EndToEnd.HttpProxy;

/// <summary>Names with several addresses, and name servers that do not answer.</summary>
public sealed class NameTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings AcceptAll = Settings.Http.With("timeout: {connect: 3000}").Rule("{port: [80, 443]}", "accept");

    [Fact]
    public async Task Dead_ipv6_address_does_not_slow_the_client()
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var result = await lab.ProxiedAsync("https://dead6.example.test/");
        Assert.Equal(200, result.Status);
        Assert.True(result.Seconds < 1.5, $"took {result.Seconds} s");
    }

    [Fact]
    public async Task Every_address_is_tried()
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var result = await lab.ProxiedAsync("https://many.example.test/");
        Assert.Equal(200, result.Status);
        Assert.True(result.Seconds < 3, $"took {result.Seconds} s");
    }

    [Fact]
    public async Task Ipv6_is_preferred()
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        Assert.Equal(200, (await lab.ProxiedAsync("http://a.example.test/")).Status);
        await calamary.Log.WaitForAsync($@"=> \[{Addresses.Server6}\]:80 \| Accept|=> a\.example\.test:80 \| Accept");
        var sockets = await lab.Server.RunAsync("sh", "-c", $"tail -n 1 {lab.Web.AccessLog}");
        Assert.StartsWith(Addresses.ProxyOut6, sockets.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Addresses.Refusing4)]
    [InlineData(Addresses.Silent4)]
    public async Task Name_server_that_is_down_gives_502(string nameserver)
    {
        await using var calamary = await lab.StartAsync(AcceptAll with { Nameserver = nameserver });
        var plain = await lab.ProxiedAsync("http://a.example.test/");
        Assert.Equal(502, plain.Status);
        var tunnel = await lab.ProxiedAsync("https://a.example.test/");
        Assert.Equal(502, tunnel.ConnectStatus);
        Assert.True(plain.Seconds + tunnel.Seconds < 6, $"took {plain.Seconds} and {tunnel.Seconds} s");
        Assert.Equal(200, (await lab.ProxiedAsync($"http://{Addresses.Server4}/")).Status);
    }
}
