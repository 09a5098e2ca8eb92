namespace Calamary.EndToEnd.Udp;

/// <summary>Many associations: each has its own answers, and each ends.</summary>
public sealed class AssociationTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private const int Many = 2500;
    private LabProcess? echo;

    public async Task InitializeAsync() => echo = await lab.StartEchoAsync();

    public async Task DisposeAsync() => await echo!.DisposeAsync();

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Thousands_live_at_once_and_are_gone_when_idle(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp.With("timeout: {idle: 6000}"));
        var descriptors = calamary.OpenDescriptors;
        await using var client = lab.Client.StartUdp(family, "many", UdpClients.Echo, $"{Many}", "2", "hold");
        Assert.Equal($"right {Many + (Many / 4) + Many} of {Many + (Many / 4) + Many} wrong 0", await client.Output.WaitForAsync("^right ", seconds: 30));
        Assert.Equal(Many, (await calamary.MetricsAsync())["calamary_req_udp"]);
        Assert.InRange((await calamary.MetricsAsync())["calamary_current_connections"], Many, Many + 1);
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= descriptors, "their sockets are closed", 20);
        await calamary.EndedAsync("idle_timeout", Many);
        Assert.Equal(0, (await calamary.MetricsAsync())["calamary_current_connections"]);
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Datagram_after_the_idle_time_begins_anew(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp.With("timeout: {idle: 1000}"));
        Assert.Equal(["answer", "answer", "answer"], await lab.Client.UdpAsync(family, "idle", UdpClients.Echo, "0.3", "2.5"));
        Assert.Equal(2, (await calamary.MetricsAsync())["calamary_req_udp"]);
        await calamary.EndedAsync("idle_timeout", 2);
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Clients_of_one_destination_do_not_mix(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        var crowds = Enumerable.Range(0, 3).Select(_ => lab.Client.UdpAsync(family, "many", UdpClients.Echo, "400", "5")).ToArray();
        // Those whose way does not lead through the proxy, or begins behind it.
        var beside = lab.Proxy.UdpAsync(family, "many", UdpClients.Echo, "100", "5");
        var local = lab.Server.UdpAsync(family, "many", UdpClients.Echo, "100", "5");
        foreach (var crowd in crowds) Assert.Equal(["right 2100 of 2100 wrong 0"], await crowd);
        Assert.Equal(["right 525 of 525 wrong 0"], await beside);
        Assert.Equal(["right 525 of 525 wrong 0"], await local);
        Assert.Equal(1200, (await calamary.MetricsAsync())["calamary_req_udp"]);
    }

    [Fact]
    public async Task Associations_count_for_the_limits()
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp.With("limits: {flowsPerSource: 3}"));
        var lines = await lab.Client.UdpAsync(IpFamily.IPv4, "many", UdpClients.Echo, "5", "1", "brief");
        // Reactors decide side by side which three come first; the one that sends twice may not be among them.
        Assert.Matches("^right [34] of 6 wrong 0", lines[0]);
        await calamary.EndedAsync("limit_exceeded", 2);
    }

    [Theory]
    [MemberData(nameof(UdpClients.Families), MemberType = typeof(UdpClients))]
    public async Task Reload_keeps_them(IpFamily family)
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        await using var client = lab.Client.StartUdp(family, "watch", UdpClients.Echo);
        await client.Output.WaitForAsync("^answered$");
        for (var reload = 1; reload <= 3; reload++)
        {
            var from = calamary.Log.Snapshot().Count;
            calamary.Reload(UdpClients.AcceptUdp.Rule($"{{port: {reload}}}", "accept").ToString());
            await calamary.Log.WaitForAsync("Reloaded", from);
            var lines = echo!.Output.Snapshot().Count;
            await Eventually.TrueAsync(() => echo!.Output.Snapshot().Count > lines + 5, "datagrams go on");
        }
        Assert.DoesNotContain("silent", client.Output.Snapshot());
        // The flow has gone on: there is no further verdict, and no further source.
        Assert.Equal(1, await calamary.Log.CountedAsync($@"{UdpClients.Flow(family, UdpClients.Echo)} \| Accept", 1));
        Assert.Single(echo!.Output.Snapshot().Where(line => line.StartsWith(Addresses.Server(family), StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]).Distinct());
    }

    [Fact]
    public async Task New_ones_follow_a_reload()
    {
        await using var calamary = await lab.StartUdpAsync(UdpClients.AcceptUdp);
        await using var client = lab.Client.StartUdp(IpFamily.IPv4, "watch", UdpClients.Echo);
        await client.Output.WaitForAsync("^answered$");
        var from = calamary.Log.Snapshot().Count;
        calamary.Reload(Settings.Udp.ToString());
        await calamary.Log.WaitForAsync("Reloaded", from);
        Assert.Equal(["refused"], await lab.Client.UdpAsync(IpFamily.IPv4, "knock", UdpClients.Echo, "2", "1"));
        Assert.DoesNotContain("silent", client.Output.Snapshot());
    }
}
