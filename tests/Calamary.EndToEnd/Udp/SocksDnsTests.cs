using Calamary.EndToEnd.Socks5;

namespace Calamary.EndToEnd.Udp;

/// <summary>What is inside the datagrams of a SOCKS5 client is judged as well.</summary>
public sealed class SocksDnsTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string A = "a.example.test";
    private const string B = "b.example.test";

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Query_is_denied_by_name(IpFamily family)
    {
        await Firewall.CountDatagramsAsync(lab.Server, 53);
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule($"{{protoL5: dns, dns: {A}}}", "accept"));
        var answer = $"{A} {Addresses.Server4}";
        Assert.Equal([answer, $"{B} nothing", answer], await lab.DatagramsAsync(family, "dns", $"{Addresses.Server(family)},53", A, "!" + B, A));
        Assert.Equal([$"{B} nothing", answer], await lab.DatagramsAsync(family, "dns", $"{Addresses.Server(family)},53", "!" + B, A));
        Assert.Equal(3, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, 53)} \| Denied by default$");
    }

    [Fact]
    public async Task Other_protocols_on_the_port_do_not_pass()
    {
        await Firewall.CountDatagramsAsync(lab.Server, 53);
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule("{protoL5: dns}", "accept"));
        Assert.Equal($"{Addresses.Server4},53 nothing", (await lab.DatagramsAsync("echo", $"!{Addresses.Server4},53"))[^1]);
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
    }
}
