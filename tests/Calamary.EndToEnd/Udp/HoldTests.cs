using System.Globalization;

namespace Calamary.EndToEnd.Udp;

/// <summary>Datagrams wait for the verdict.</summary>
public sealed class HoldTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private static readonly Settings ByName = Settings.Udp.With("timeout: {process: 5000}").Rule("{protoL5: quic, dns: a.example.test}", "accept");
    private LabProcess? echo;

    public async Task InitializeAsync() => echo = await lab.StartEchoAsync();

    public async Task DisposeAsync() => await echo!.DisposeAsync();

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task All_go_out_in_order_when_accepted(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(ByName);
        Assert.Equal(["early nothing", "late 0 1 2 3 4 5"], await lab.QuicAsync(family, "late", "a.example.test", "0.4"));
        Assert.Equal(1, await calamary.Log.CountedAsync($@"{UdpClients.Flow(family, UdpClients.Echo)} \| Accept", 1));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task All_vanish_when_denied(IpFamily family)
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await lab.StartUdpAsync(ByName);
        var lines = await lab.QuicAsync(family, "late", "b.example.test", "0.4");
        Assert.Equal("early nothing", lines[0]);
        Assert.Contains("close 2", lines[1], StringComparison.Ordinal);
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, UdpClients.Echo)} \| Denied by default$");
    }

    [Theory]
    [InlineData("accept", "0 1 2")]
    [InlineData("deny", "")]
    public async Task Undecided_ones_are_judged_as_they_stand_at_the_timeout(string action, string expected)
    {
        var settings = Settings.Udp.With("timeout: {process: 700}", "denyUdp: drop").Rule("{dns: b.example.test}", "deny").Rule($"{{port: {UdpClients.Echo}}}", action);
        await using var calamary = await lab.StartUdpAsync(settings);
        var lines = await lab.QuicAsync(IpFamily.IPv4, "half", "a.example.test", "2");
        Assert.Equal(expected.Length > 0 ? expected : "nothing", lines[0]);
        if (expected.Length > 0) Assert.InRange(double.Parse(lines[1], CultureInfo.InvariantCulture), 0.6, 1.9);
    }

    [Fact]
    public async Task What_is_no_protocol_at_all_never_waits()
    {
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.With("timeout: {process: 8000}").Rule("{protoL5: unknown}", "accept"));
        Assert.Equal(["answer", "answer"], await lab.Client.UdpAsync(IpFamily.IPv4, "knock", UdpClients.Echo, "2", "2"));
    }

    [Fact]
    public async Task Verdict_that_is_certain_never_waits()
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp.With("timeout: {process: 8000}"));
        Assert.Equal("0 1 2", (await lab.QuicAsync(IpFamily.IPv4, "half", "a.example.test", "2"))[0]);
    }

    [Fact]
    public async Task Other_connection_on_a_socket_that_was_accepted_is_judged_for_itself()
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await lab.StartUdpAsync(ByName.With("denyUdp: drop"));
        var lines = await lab.QuicAsync(IpFamily.IPv4, "two", "a.example.test", "b.example.test");
        Assert.Equal(["a.example.test 0", "b.example.test nothing"], lines);
        Assert.Equal(1, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(IpFamily.IPv4, UdpClients.Echo)} \| Denied by default$");
    }
}
