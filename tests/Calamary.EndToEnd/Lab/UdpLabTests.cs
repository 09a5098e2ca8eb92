using Calamary.EndToEnd.Udp;

namespace Calamary.EndToEnd.Lab;

/// <summary>What the lab has for datagrams, with nothing but a router between client and server.</summary>
public sealed class UdpLabTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Scripted_clients_see_each_answer(IpFamily family)
    {
        await using var echo = await lab.StartEchoAsync();
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        Assert.Equal(["0 same", "60000 same"], await lab.Client.UdpAsync(family, "echo", UdpClients.Echo, "0", "60000"));
        Assert.Equal(["came 100 in order"], await lab.Client.UdpAsync(family, "ordered", UdpClients.Echo, "100", "1000"));
        Assert.Equal(["right 225 of 225 wrong 0"], await lab.Client.UdpAsync(family, "many", UdpClients.Echo, "100", "2"));
        Assert.Equal(["refused"], await lab.Client.UdpAsync(family, "knock", 9, "1", "1"));
        Assert.True(await Firewall.CountedDatagramsAsync(lab.Server) > 300);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Initials_come_back(IpFamily family)
    {
        await using var echo = await lab.StartEchoAsync();
        Assert.Equal(["0"], await lab.QuicAsync(family, "whole", "a.example.test"));
        Assert.Equal(["early 0 1 2", "late 3 4 5"], await lab.QuicAsync(family, "late", "a.example.test", "0.5"));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Time_server_answers(IpFamily family)
    {
        await using var server = await NtpServer.StartAsync(lab.Server);
        Assert.Contains("System clock wrong by", (await NtpServer.AskAsync(lab.Client, Addresses.Server(family))).AllOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Queries_share_a_socket(string protocol) => Assert.Equal(
        [$"a.example.test {Addresses.Server4}", "nowhere.example.test rcode 3", $"b.example.test {Addresses.Server4}"],
        await lab.QueriesAsync(IpFamily.IPv4, protocol, "a.example.test", "nowhere.example.test", "b.example.test"));

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Browser_comes_to_speak_http3(IpFamily family)
    {
        await using var caddy = await CaddyServer.StartAsync(lab.Server);
        var home = await Chromium.HomeAsync(lab.Client, (await Certificates.GetAsync()).Authority);
        var loads = await lab.Client.LoadAsync(home, "b.example.test", Addresses.Quic(family), 4);
        Assert.Equal(("h2", "b by HTTP/2.0"), (loads[0].Protocol, loads[0].Text));
        Assert.Equal(("h3", "b by HTTP/3.0"), (loads[^1].Protocol, loads[^1].Text));
    }
}
