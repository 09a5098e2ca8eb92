namespace Calamary.EndToEnd.Udp;

/// <summary>Time by NTP.</summary>
public sealed class NtpTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Time_passes_by_a_rule_for_the_protocol(IpFamily family)
    {
        await using var server = await NtpServer.StartAsync(lab.Server);
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.Rule("{protoL5: ntp}", "accept", "name: time"));
        var result = await NtpServer.AskAsync(lab.Client, Addresses.Server(family));
        Assert.Contains("System clock wrong by", result.AllOutput, StringComparison.Ordinal);
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, NtpServer.Port)} \| Accept");
        Assert.Equal(1, (await calamary.MetricsAsync())["calamary_rule_matches{ruleId=\"0\"}"]);
    }

    [Fact]
    public async Task Other_protocols_on_its_port_do_not_pass()
    {
        await Firewall.CountDatagramsAsync(lab.Server, NtpServer.Port);
        await using var server = await NtpServer.StartAsync(lab.Server);
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.Rule("{protoL5: ntp}", "accept"));
        Assert.Equal(["refused"], await lab.Client.UdpAsync(IpFamily.IPv4, "knock", NtpServer.Port, "1", "1"));
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
    }

    [Fact]
    public async Task Time_is_denied()
    {
        await Firewall.CountDatagramsAsync(lab.Server, NtpServer.Port);
        await using var server = await NtpServer.StartAsync(lab.Server);
        await using var calamary = await lab.StartUdpAsync(Settings.Udp.Rule("{protoL5: ntp}", "deny").Rule("{protoL4: udp}", "accept"));
        var result = await NtpServer.AskAsync(lab.Client, Addresses.Server4);
        Assert.DoesNotContain("System clock wrong by", result.AllOutput, StringComparison.Ordinal);
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(IpFamily.IPv4, NtpServer.Port)} \| Denied by rule 0$");
    }
}
