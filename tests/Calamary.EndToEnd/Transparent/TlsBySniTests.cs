namespace Calamary.EndToEnd.Transparent;

public sealed class TlsBySniTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    public static TheoryData<Interception, IpFamily> Ways { get; } = new MatrixTheoryData<Interception, IpFamily>(
        [Interception.Dnat, Interception.Tproxy], [IpFamily.IPv4, IpFamily.IPv6]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Allowed_name_passes(Interception interception, IpFamily family)
    {
        await using var calamary = await StartAsync(interception);
        var result = await GetAsync("a.example.test", family);
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        await calamary.Log.WaitForAsync(
            $@"^\S+ \S+ \| INFO \| forward \| {Addresses.Client(family)} => {Escaped(family)}:443 \| Accept");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Denied_name_is_closed_and_no_byte_reaches_the_server(Interception interception, IpFamily family)
    {
        await using var calamary = await StartAsync(interception);
        var before = await lab.ServerConnectionsAsync();
        var result = await GetAsync("b.example.test", family);
        Assert.NotEqual(0, result.ExitCode);
        Assert.True(result.Seconds < 1, $"closed after {result.Seconds} s");
        await calamary.Log.WaitForAsync(
            $@"\| INFO \| forward \| {Addresses.Client(family)} => {Escaped(family)}:443 \| Denied by default");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Theory]
    [InlineData(Interception.Dnat)]
    [InlineData(Interception.Tproxy)]
    public async Task Silent_flow_of_a_denied_address_never_waits(Interception interception)
    {
        var settings = Settings.Transparent(interception).With("timeout: {process: 8000}").Rule("{dest: 203.0.113.0/24}", "accept");
        await using var calamary = await lab.StartAsync(settings, interception);
        var outcome = await lab.Client.PeerAsync(Addresses.Server4, 443);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.True(outcome.Seconds < 1, $"closed after {outcome.Seconds} s");
    }

    private static string Escaped(IpFamily family) =>
        System.Text.RegularExpressions.Regex.Escape(Addresses.Bracketed(Addresses.Server(family)));

    private Task<CalamaryProcess> StartAsync(Interception interception) =>
        lab.StartAsync(Settings.Transparent(interception).Rule("{dns: a.example.test, protoL5: tls}", "accept"), interception);

    private Task<CurlResult> GetAsync(string name, IpFamily family) =>
        lab.Client.CurlAsync([.. Curl.Resolve(name, 443, Addresses.Server(family)), $"https://{name}/"]);
}
