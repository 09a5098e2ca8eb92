namespace Calamary.EndToEnd.Lab;

/// <summary>The lab itself, with nothing but a router between client and server.</summary>
public sealed class LabTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Client_reaches_the_web_server(IpFamily family)
    {
        var before = await lab.ServerConnectionsAsync();
        var result = await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server(family)), "https://a.example.test/"]);
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        Assert.Equal(before + 1, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Names_are_answered()
    {
        Assert.Equal(Addresses.Server4, await DigAsync("a.example.test", "A"));
        Assert.Equal(Addresses.Server6, await DigAsync("a.example.test", "AAAA"));
        Assert.Equal("::ffff:127.0.0.1", await DigAsync("mapped.example.test", "AAAA"));
        Assert.Equal("", await DigAsync("nowhere.example.test", "A"));
    }

    [Theory]
    [InlineData(Interception.Dnat, IpFamily.IPv4)]
    [InlineData(Interception.Dnat, IpFamily.IPv6)]
    [InlineData(Interception.Tproxy, IpFamily.IPv4)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6)]
    public async Task Firewall_redirects(Interception interception, IpFamily family)
    {
        await using var listener = lab.Proxy.Start(["/usr/bin/python3", LabFiles.Script("original_destination.py"), $"{interception}", $"{family}"]);
        await listener.WaitForPortAsync(4128);
        await lab.InterceptAsync(interception);
        var outcome = await lab.Client.PeerAsync(Addresses.Server(family), 443);
        await lab.InterceptAsync(Interception.None);
        Assert.Equal(("eof", $"{Addresses.Server(family)} 443"), (outcome.End, outcome.Text));
    }

    [Fact]
    public async Task Ssh_server_answers()
    {
        await lab.StartSshAsync();
        Assert.True(await SshServer.ReachableAsync(lab.Client, Addresses.Server4));
    }

    [Theory]
    [InlineData]
    [InlineData("--segment", "1")]
    [InlineData("--record", "7")]
    [InlineData("--size", "60000")]
    [InlineData("--tls12")]
    public async Task Odd_hellos_are_real(params string[] options)
    {
        var outcome = await lab.Client.TlsPeerAsync(Addresses.Server4, "a.example.test", options);
        Assert.StartsWith("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripted_peers_see_each_end()
    {
        var half = await lab.Client.PeerAsync(Addresses.Server4, OddServer.HalfClose, "--zeros", "100000", "--shutdown");
        Assert.StartsWith("100000 ", half.Text, StringComparison.Ordinal);
        Assert.True(half.Received > 1_000_000);
        Assert.Equal("reset", (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Reset, "--send", "x")).End);
        var from = lab.Odd.Events.Snapshot().Count;
        await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1", "--reset");
        await lab.Odd.Events.WaitForAsync("^echo reset", from);
        Assert.Equal("refused", (await lab.Client.PeerAsync(Addresses.Refusing4, OddServer.Echo)).End);
        Assert.Equal("timeout", (await lab.Client.PeerAsync(Addresses.Silent4, 443, "--timeout", "0.5")).End);
    }

    private async Task<string> DigAsync(string name, string type) =>
        (await lab.Proxy.RunAsync("dig", "+short", $"@{Addresses.Server4}", name, type)).Succeeded().Output.Trim();
}
