using System.Text.Json;

namespace Calamary.EndToEnd.Udp;

/// <summary>Datagrams through TPROXY.</summary>
public sealed class UdpTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private static readonly string[] Sizes = ["0", "1", "1200", "1472", "9000", "60000"];
    private LabProcess? echo;

    public static TheoryData<IpFamily, int> Ports { get; } =
        new MatrixTheoryData<IpFamily, int>([IpFamily.IPv4, IpFamily.IPv6], [UdpClients.Echo, UdpClients.LowEcho]);

    private LabProcess Echo => echo!;

    public async Task InitializeAsync() => echo = await lab.StartEchoAsync();

    public async Task DisposeAsync() => await Echo.DisposeAsync();

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task Answers_come_from_where_the_client_sent_to(IpFamily family, int port)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        Assert.Equal(Sizes.Select(size => size + " same"), await lab.Client.UdpAsync(family, "echo", port, Sizes));
        var (server, proxy) = family == IpFamily.IPv4 ? (Addresses.Server4, Addresses.ProxyOut4) : (Addresses.Server6, Addresses.ProxyOut6);
        Assert.Equal(Sizes, Echo.Output.Snapshot().Where(line => line.StartsWith($"{server} {port} ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]));
        Assert.Equal(Sizes.Length, Echo.Output.Count($"^{server} {port} .* {proxy} "));
        Assert.Equal(1, await calamary.Log.CountedAsync($@"INFO \| forward \| {UdpClients.Flow(family, port)} \| Accept", 1));
        var metrics = await calamary.MetricsAsync();
        var bytes = Sizes.Sum(size => int.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((1, bytes, bytes), (metrics["calamary_req_udp"], metrics["calamary_bytes_sent"], metrics["calamary_bytes_rcv"]));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Order_is_kept(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        Assert.Equal(["came 2000 in order"], await lab.Client.UdpAsync(family, "ordered", UdpClients.Echo, "2000", "1000"));
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Closed_port_refuses(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        var lines = await lab.Client.LinesAsync("udp_client.py", "knock", Addresses.Refusing(family), $"{UdpClients.Echo}", ["3", "2"]);
        Assert.Equal(["refused", "refused"], lines);
    }

    [Theory]
    [InlineData(IpFamily.IPv4, "")]
    [InlineData(IpFamily.IPv4, "--reverse")]
    [InlineData(IpFamily.IPv6, "")]
    [InlineData(IpFamily.IPv6, "--reverse")]
    public async Task Stream_of_datagrams_loses_none(IpFamily family, string direction)
    {
        await using var server = lab.Server.Start(["iperf3", "--server", "--one-off", "--bind", Addresses.Server(family)]);
        await server.WaitForPortAsync(5201);
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp.Rule("{port: 5201}", "accept"));
        string[] options = ["--udp", "--bitrate", "30M", "--length", "1200", "--time", "1", "--json", .. direction.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var result = await lab.Client.RunAsync(["iperf3", "--client", Addresses.Server(family), .. options]);
        var sum = JsonDocument.Parse(result.Succeeded().Output).RootElement.GetProperty("end").GetProperty("sum");
        Assert.InRange(sum.GetProperty("packets").GetInt32(), 2000, 4000);
        // The machine may stop for longer than the buffers of sockets last.
        Assert.InRange(sum.GetProperty("lost_percent").GetDouble(), 0, 3);
        Assert.Equal(0, sum.TryGetProperty("out_of_order", out var order) ? order.GetInt32() : 0);
    }
}
