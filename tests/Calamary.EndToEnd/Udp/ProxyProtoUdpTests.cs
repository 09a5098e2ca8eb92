using System.Text;
using Calamary.EndToEnd.ProxyProtocol;

namespace Calamary.EndToEnd.Udp;

/// <summary>PROXY headers on datagrams.</summary>
public sealed class ProxyProtoUdpTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private const byte Datagram = 2;
    private const byte Local = 0x20;
    private static readonly Settings AcceptAll = ProxyProtoClient.Listener("udp: true, trusted: ['10.77.1.0/24', 'fd77:1::/64']").Rule("{protoL4: udp}", "accept");
    private LabProcess? echo;

    public async Task InitializeAsync() => echo = await lab.StartEchoAsync();

    public async Task DisposeAsync() => await echo!.DisposeAsync();

    [Theory]
    [InlineData(IpFamily.IPv4, IpFamily.IPv4)]
    [InlineData(IpFamily.IPv4, IpFamily.IPv6)]
    [InlineData(IpFamily.IPv6, IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6, IpFamily.IPv6)]
    public async Task Header_tells_who_and_where_and_answers_have_none(IpFamily link, IpFamily family)
    {
        await using var calamary = await StartAsync(AcceptAll);
        string[] sent = [Hex(family, "one"), Hex(family, "two", Headers.Tlv(4, new byte[300])), Hex(family, "")];
        Assert.Equal(["one", "two", ""], await SendAsync(link, sent));
        var server = Addresses.Bracketed(Addresses.Server(family));
        Assert.Equal(1, await calamary.Log.CountedAsync(
            $@"INFO \| forward \| {Headers.Behind(family)} => {System.Text.RegularExpressions.Regex.Escape(server)}:{UdpClients.Echo} \| Accept", 1));
    }

    [Fact]
    public async Task Rules_are_asked_for_the_client_in_the_header()
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await StartAsync(ProxyProtoClient.Listener("udp: true, trusted: 10.77.1.2").Rule($"{{src: {Headers.Behind4}}}", "deny", "name: behind")
            .Rule("{protoL4: udp}", "accept"));
        Assert.Equal(["nothing"], await SendAsync(IpFamily.IPv4, "!" + Hex(IpFamily.IPv4, "x")));
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
        await calamary.Log.WaitForAsync($@"{Headers.Behind4} => {Addresses.Server4}:{UdpClients.Echo} \| Denied by rule 0 \(behind\)$");
    }

    [Fact]
    public async Task Odd_headers_are_dropped_and_others_go_on()
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await StartAsync(AcceptAll);
        var whole = Headers.V2(IpFamily.IPv4, Addresses.Server4, UdpClients.Echo, transport: Datagram);
        byte[][] odd =
        [
            "no header at all"u8.ToArray(), whole[..^1], whole[..12], Headers.V1(IpFamily.IPv4, Addresses.Server4, UdpClients.Echo),
            [.. Headers.V2(IpFamily.IPv4, Addresses.Server4, UdpClients.Echo), .. "x"u8], [.. Headers.V2([], 0, Local), .. "x"u8],
        ];
        string[] sent = [.. odd.Select(bytes => "!" + Convert.ToHexString(bytes)), Hex(IpFamily.IPv4, "hello")];
        var answers = await SendAsync(IpFamily.IPv4, sent);
        Assert.Equal(Enumerable.Repeat("nothing", odd.Length).Append("hello"), answers);
        Assert.Equal(1, await Firewall.CountedDatagramsAsync(lab.Server));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Sender_that_is_not_trusted_is_not_heard(IpFamily family)
    {
        await Firewall.CountDatagramsAsync(lab.Server, UdpClients.Echo);
        await using var calamary = await StartAsync(ProxyProtoClient.Listener("udp: true, trusted: 192.0.2.1").Rule("{protoL4: udp}", "accept"));
        Assert.Equal(["nothing", "nothing"], await SendAsync(family, "!" + Hex(family, "x"), "!" + Hex(family, "y")));
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Server));
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("source_not_trusted") > 0, "it is counted");
    }

    private static string Hex(IpFamily family, string payload, byte[]? tlvs = null) => Convert.ToHexString(
        [.. Headers.V2(family, Addresses.Server(family), UdpClients.Echo, tlvs, transport: Datagram), .. Encoding.ASCII.GetBytes(payload)]);

    private async Task<CalamaryProcess> StartAsync(Settings settings)
    {
        var calamary = await lab.StartAsync(settings);
        await calamary.Process.WaitForUdpPortAsync(ProxyProtoClient.Port);
        return calamary;
    }

    private Task<string[]> SendAsync(IpFamily link, params string[] datagrams) =>
        lab.Client.LinesAsync("udp_client.py", "raw", Addresses.Proxy(link), $"{ProxyProtoClient.Port}", datagrams);
}
