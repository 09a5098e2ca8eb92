namespace Calamary.EndToEnd.Transparent;

/// <summary>What is no protocol the proxy knows, and what says nothing at all.</summary>
public sealed class UnidentifiedTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Process = "timeout: {process: 700}";

    [Fact]
    public async Task Unknown_protocol_is_denied_where_only_tls_is_accepted()
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat.With(Process).Rule("{protoL5: tls}", "accept"), Interception.Dnat);
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", @"\x00\x01\x02 what is this\r\n");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.Equal(0, outcome.Received);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Silent_client_is_denied_at_the_timeout()
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat.With(Process).Rule("{protoL5: tls}", "accept"), Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Greet);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.InRange(outcome.Seconds, 0.6, 2);
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.2:7004 \| Denied by default");
    }

    [Theory]
    [InlineData(Interception.Dnat, IpFamily.IPv4)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6)]
    public async Task Server_first_protocol_passes_at_the_timeout_by_a_rule_for_unknown(Interception interception, IpFamily family)
    {
        var settings = Settings.Transparent(interception).With(Process).Rule("{protoL5: unknown}", "accept");
        await using var calamary = await lab.StartAsync(settings, interception);
        var outcome = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.Greet, "--leave-after", "11");
        Assert.Equal("220 ready\r\n", outcome.Text);
        Assert.InRange(outcome.FirstByte, 0.6, 2);
    }

    [Theory]
    [InlineData(Interception.Dnat, IpFamily.IPv4)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6)]
    public async Task Server_first_protocol_passes_at_once_by_a_rule_for_its_port(Interception interception, IpFamily family)
    {
        var settings = Settings.Transparent(interception).With("timeout: {process: 8000}").Rule($"{{port: {OddServer.Greet}}}", "accept");
        await using var calamary = await lab.StartAsync(settings, interception);
        var outcome = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.Greet, "--leave-after", "11");
        Assert.Equal("220 ready\r\n", outcome.Text);
        Assert.InRange(outcome.FirstByte, 0, 0.5);
    }

    [Fact]
    public async Task Bytes_seen_while_peeking_are_not_lost()
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat.With(Process).Rule("{protoL5: unknown}", "accept"), Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "EH", "--leave-after", "2");
        Assert.Equal("EH", outcome.Text);
    }
}
