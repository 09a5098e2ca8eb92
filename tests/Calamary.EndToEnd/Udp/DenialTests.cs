namespace Calamary.EndToEnd.Udp;

/// <summary>Denied datagrams: nothing arrives, and the client hears of it or not.</summary>
public sealed class DenialTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private static readonly Settings Forbidden = Settings.Udp.Rule($"{{port: {UdpClients.Echo}}}", "deny", "name: forbidden").Rule("{protoL4: udp}", "accept");
    private LabProcess? echo;

    public async Task InitializeAsync() => echo = await lab.StartEchoAsync();

    public async Task DisposeAsync() => await echo!.DisposeAsync();

    [Theory]
    [InlineData(IpFamily.IPv4, "", "refused")]
    [InlineData(IpFamily.IPv6, "", "refused")]
    [InlineData(IpFamily.IPv4, "denyUdp: 'drop'", "nothing")]
    [InlineData(IpFamily.IPv6, "denyUdp: 'drop'", "nothing")]
    public async Task Nothing_arrives_and_the_client_hears_what_was_asked_for(IpFamily family, string option, string heard)
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await lab.StartUdpAsync(option.Length > 0 ? Forbidden.With(option) : Forbidden);
        Assert.Equal([heard, heard, heard], await lab.Client.UdpAsync(family, "knock", UdpClients.Echo, "0.5", "3"));
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
        // One line for three datagrams.
        Assert.Equal(1, await calamary.Log.CountedAsync($@"INFO \| forward \| {UdpClients.Flow(family, UdpClients.Echo)} \| Denied by rule 0 \(forbidden\)$", 1));
        Assert.Equal(["1200 same"], await lab.Client.UdpAsync(family, "echo", UdpClients.OtherEcho, "1200"));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Denied_quic_is_told_so_in_its_own_words(IpFamily family)
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.Rule("{protoL5: quic, dns: a.example.test}", "accept"));
        Assert.Equal(["close 2"], await lab.QuicAsync(family, "whole", "b.example.test"));
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, UdpClients.Echo)} \| Denied by default$");
        Assert.Equal(["0"], await lab.QuicAsync(family, "whole", "a.example.test"));
    }

    [Fact]
    public async Task Dropped_quic_hears_nothing()
    {
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.With("denyUdp: drop").Rule("{protoL5: quic, dns: a.example.test}", "accept"));
        Assert.Equal(["nothing"], await lab.QuicAsync(IpFamily.IPv4, "whole", "b.example.test"));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Datagram_made_straight_to_the_listener_goes_nowhere(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        await lab.Client.LinesAsync("udp_client.py", "knock", Addresses.Proxy(family), $"{Settings.TransparentPort}", ["0.3", "1"]);
        // Behind TPROXY the listener is on loopback; the proxy's own stack answers.
        Assert.Equal(0, (await calamary.MetricsAsync())["calamary_current_connections"]);
    }
}
