using System.Security.Cryptography;

namespace Calamary.EndToEnd.Transparent;

/// <summary>FIN and RST on each side, and flows that fall silent.</summary>
public sealed class RelayEndTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(Interception.Dnat, IpFamily.IPv4, 10)]
    [InlineData(Interception.Dnat, IpFamily.IPv6, 20_000_000)]
    [InlineData(Interception.Tproxy, IpFamily.IPv4, 20_000_000)]
    [InlineData(Interception.Tproxy, IpFamily.IPv6, 10)]
    public async Task Half_closed_client_gets_the_whole_answer(Interception interception, IpFamily family, int size)
    {
        await using var calamary = await StartAsync(interception);
        var outcome = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.HalfClose, "--zeros", $"{size}", "--shutdown");
        var head = $"{size} {Convert.ToHexStringLower(SHA256.HashData(new byte[size]))}\n";
        Assert.StartsWith(head, outcome.Text, StringComparison.Ordinal);
        Assert.Equal(("eof", head.Length + 1_000_000), (outcome.End, outcome.Received));
        await AwaitEndAsync(calamary, "completed");
    }

    [Fact]
    public async Task Ncat_half_closes_too()
    {
        await using var calamary = await StartAsync(Interception.Dnat);
        var result = await lab.Client.RunAsync(["ncat", Addresses.Server4, $"{OddServer.HalfClose}"], "twelve bytes");
        Assert.StartsWith("12 ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_of_the_server_reaches_the_client()
    {
        await using var calamary = await StartAsync(Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Reset, "--send", "x");
        Assert.Equal("reset", outcome.End);
        await AwaitEndAsync(calamary, "upstream_reset");
    }

    [Fact]
    public async Task Reset_of_the_client_reaches_the_server()
    {
        await using var calamary = await StartAsync(Interception.Dnat);
        var from = lab.Odd.Events.Snapshot().Count;
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1", "--reset");
        Assert.Equal("left", outcome.End);
        await lab.Odd.Events.WaitForAsync("^echo reset", from);
        await AwaitEndAsync(calamary, "client_reset");
    }

    [Fact]
    public async Task Refused_connection_ends_the_flow()
    {
        await using var calamary = await StartAsync(Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Refusing4, OddServer.Echo, "--send", "x");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        await AwaitEndAsync(calamary, "dial_refused");
    }

    [Fact]
    public async Task Silent_server_ends_the_flow_at_the_connect_timeout()
    {
        var settings = Settings.Dnat.With("timeout: {connect: 500}", "output: {retries: 0}").Rule("{port: 7001}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        var outcome = await lab.Client.PeerAsync(Addresses.Silent4, OddServer.Echo, "--send", "x");
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.InRange(outcome.Seconds, 0.4, 1.5);
        await AwaitEndAsync(calamary, "dial_timeout");
    }

    [Fact]
    public async Task Idle_flow_ends_and_a_busy_one_does_not()
    {
        var settings = Settings.Dnat.With("timeout: {idle: 800}").Rule("{port: 7000-7999}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        var idle = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x");
        Assert.InRange(idle.Seconds, 0.7, 2);
        await AwaitEndAsync(calamary, "idle_timeout");
        var busy = await lab.Client.PeerAsync(Addresses.Server4, OddServer.Source, "--send", "x", "--rate", "50000", "--timeout", "2");
        Assert.Equal("timeout", busy.End);
    }

    private Task<CalamaryProcess> StartAsync(Interception interception) =>
        lab.StartAsync(Settings.Transparent(interception).Rule("{port: 7000-7999}", "accept"), interception);

    private static Task AwaitEndAsync(CalamaryProcess calamary, string reason) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync()).FlowEnd(reason) == 1, $"one flow ends by {reason}", 3);
}
