namespace Calamary.EndToEnd.Udp;

/// <summary>Queries that pass the proxy, over UDP and TCP: each is judged for itself.</summary>
public sealed class DnsTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string A = "a.example.test";
    private const string B = "b.example.test";
    private static readonly Settings OnlyA = Settings.Udp.Rule($"{{protoL5: dns, dns: {A}}}", "accept");
    private static readonly Settings Dns = Settings.Udp.Rule("{protoL5: dns, dns: '.example.test'}", "accept");

    public static TheoryData<string, IpFamily> Ways { get; } = new MatrixTheoryData<string, IpFamily>(["udp", "tcp"], [IpFamily.IPv4, IpFamily.IPv6]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Names_are_asked_for_by_the_rules(string protocol, IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(Dns.Rule("{dns: other.test}", "deny"));
        Assert.Equal(Addresses.Server4, await DigAsync(protocol, family, A, "A"));
        Assert.Equal(Addresses.Server6, await DigAsync(protocol, family, B, "AAAA"));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, 53)} \| Accept");
        Assert.Contains(";;", await DigAsync(protocol, family, "other.test", "A"), StringComparison.Ordinal);
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, 53)} \| Denied by rule 1");
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Each_query_of_a_socket_is_judged_for_itself(IpFamily family)
    {
        await Firewall.CountDatagramsAsync(lab.Server, 53);
        await using var calamary = await lab.StartUdpAsync(OnlyA.With("denyUdp: drop"));
        Assert.Equal([$"{A} {Addresses.Server4}", $"{B} nothing", $"{A} {Addresses.Server4}"], await lab.QueriesAsync(family, "udp", A, "!" + B, A));
        Assert.Equal([$"{B} nothing", $"{A} {Addresses.Server4}", $"{B} nothing"], await lab.QueriesAsync(family, "udp", "!" + B, A, "!" + B));
        Assert.Equal(3, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{UdpClients.Flow(family, 53)} \| Denied by default$");
    }

    [Fact]
    public async Task Client_hears_of_a_denied_query()
    {
        await using var calamary = await lab.StartUdpAsync(OnlyA);
        Assert.Equal([$"{B} refused", $"{A} {Addresses.Server4}"], await lab.QueriesAsync(IpFamily.IPv4, "udp", "!" + B, A));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Each_query_of_a_connection_is_judged_for_itself(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(OnlyA);
        Assert.Equal([$"{A} {Addresses.Server4}", $"{A} {Addresses.Server4}"], await lab.QueriesAsync(family, "tcp", A, A));
        Assert.Equal([$"{A} {Addresses.Server4}", $"{B} closed"], await lab.QueriesAsync(family, "tcp", A, "!" + B));
        Assert.Equal([$"{B} closed"], await lab.QueriesAsync(family, "tcp", "!" + B));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Ech_is_taken_out_of_answers_and_nothing_else(string protocol, IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(Dns.With("dns: {stripEch: true}"));
        var without = $"1 . alpn=\"h3,h2\" ipv4hint={Addresses.Server4} ipv6hint={Addresses.Server6}";
        Assert.Equal(without, await DigAsync(protocol, family, "ech.example.test", "HTTPS"));
        Assert.Equal("1 . alpn=\"h2\"", await DigAsync(protocol, family, "noech.example.test", "HTTPS"));
        Assert.Equal(Addresses.Server4, await DigAsync(protocol, family, A, "A"));
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Ech_stays_unless_it_is_to_go(string protocol)
    {
        await using var calamary = await lab.StartUdpAsync(Dns);
        Assert.Matches($@"^1 \. alpn=""h3,h2"" ipv4hint={Addresses.Server4} ech=\S+ ipv6hint={Addresses.Server6}$",
            await DigAsync(protocol, IpFamily.IPv4, "ech.example.test", "HTTPS"));
    }

    private async Task<string> DigAsync(string protocol, IpFamily family, string name, string type) => (await lab.Client.RunAsync(
        "dig", "+short", "+tries=1", "+time=1", protocol == "tcp" ? "+tcp" : "+notcp", $"@{Addresses.Server(family)}", name, type)).Output.Trim();
}
