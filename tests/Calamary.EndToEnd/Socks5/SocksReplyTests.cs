namespace Calamary.EndToEnd.Socks5;

/// <summary>What the client is told when its request fails.</summary>
public sealed class SocksReplyTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private const string NoRoute = "10.77.67.1";
    private const string NoHost = "10.77.68.1";

    private static readonly Settings AcceptAll =
        SocksClients.Listener.With("timeout: {connect: 500, process: 500}", "output: {retries: 0}").Rule("{port: 1-60000}", "accept");

    // A route that is thrown leaves none; one that is unreachable says that the host is.
    public Task InitializeAsync() => lab.Proxy.ConfigureAsync($"route replace throw {NoRoute}/32\nroute replace unreachable {NoHost}/32");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(Addresses.Server4, 60001, 2, "denied_by_default")]
    [InlineData("127.0.0.1", 80, 2, "denied_by_deny_always")]
    [InlineData("loopback6.example.test", 80, 2, "denied_by_deny_always")]
    [InlineData(Addresses.Proxy4, SocksClients.Port, 2, "loop_detected")]
    [InlineData(NoRoute, 80, 3, "dial_no_route")]
    [InlineData(NoHost, 80, 4, "dial_unreachable")]
    [InlineData("nowhere.example.test", 80, 4, "name_not_found")]
    [InlineData(Addresses.Refusing4, 80, 5, "dial_refused")]
    [InlineData("refusing.example.test", 80, 5, "dial_refused")]
    [InlineData(Addresses.Silent4, 80, 6, "dial_timeout")]
    [InlineData("[" + Addresses.Silent6 + "]", 80, 6, "dial_timeout")]
    public async Task Each_failure_has_its_code(string host, int port, int code, string reason)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var result = await lab.SocksAsync($"http://{host}:{port}/");
        Assert.Contains($"({code})", result.Error, StringComparison.Ordinal);
        Assert.True(result.Seconds < 3, $"took {result.Seconds} s");
        await calamary.EndedAsync(reason);
    }

    [Fact]
    public async Task Name_server_that_is_down_is_4()
    {
        await using var calamary = await lab.StartAsync(AcceptAll with { Nameserver = Addresses.Refusing4 });
        Assert.Contains("(4)", (await lab.SocksAsync("http://a.example.test/")).Error, StringComparison.Ordinal);
    }

    [Theory]
    // BIND, an unknown command, an unknown type of address, a name that is none, port 0, another version in the request
    [InlineData(@"\x05\x02\x00\x01\x0a\x4d\x02\x02\x00\x50", "0507", "command_not_supported")]
    [InlineData(@"\x05\x02\x00\x03\x03a b\x00\x50", "0507", "command_not_supported")]
    [InlineData(@"\x05\x09\x00\x01\x0a\x4d\x02\x02\x00\x50", "0507", "command_not_supported")]
    [InlineData(@"\x05\x01\x00\x02\x0a\x4d\x02\x02\x00\x50", "0508", "handshake_malformed")]
    [InlineData(@"\x05\x01\x00\x03\x03a b\x00\x50", "0504", "handshake_malformed")]
    [InlineData(@"\x05\x01\x00\x01\x0a\x4d\x02\x02\x00\x00", "0501", "handshake_malformed")]
    [InlineData(@"\x04\x01\x00\x01\x0a\x4d\x02\x02\x00\x50", "0501", "handshake_malformed")]
    public async Task Odd_request_has_its_code(string request, string reply, string reason)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        Assert.Equal($"0500{reply}0001000000000000 eof", await lab.RawSocksAsync(@"\x05\x01\x00" + request));
        await calamary.EndedAsync(reason);
    }

    [Fact]
    public async Task Association_is_7_where_the_listener_has_no_udp()
    {
        var settings = new Settings().Listen("mode: socks5, ip4: ['0.0.0.0']", SocksClients.Port).Rule("{port: 1-60000}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        Assert.Equal(["reply 7"], await lab.DatagramsAsync("echo", $"{Addresses.Server4},{SocksClients.Echo}"));
    }

    [Theory]
    [InlineData(@"\x05\x01\x02", "05FF eof", "authentication_failed")]
    [InlineData(@"\x05\x00", "05FF eof", "authentication_failed")]
    [InlineData(@"\x04\x01\x00\x50\x0a\x4d\x02\x02\x00", " eof", "handshake_malformed")]
    [InlineData(@"GET / HTTP/1.1\r\n\r\n", " eof", "handshake_malformed")]
    [InlineData(@"\x05\x01", " eof", "handshake_timeout")]
    [InlineData("", " eof", "handshake_timeout")]
    [InlineData(@"\x05\x01\x00\x05\x01\x00", "0500 eof", "handshake_timeout")]
    public async Task Greeting_that_leads_nowhere_is_closed(string greeting, string answer, string reason)
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var got = await lab.RawSocksAsync(greeting);
        Assert.Equal(answer, got.Replace("reset", "eof", StringComparison.Ordinal));
        await calamary.EndedAsync(reason);
    }

    [Fact]
    public async Task Greeting_with_255_methods_is_understood()
    {
        await using var calamary = await lab.StartAsync(AcceptAll);
        var methods = string.Concat(Enumerable.Range(1, 254).Append(0).Select(m => $@"\x{m:x2}"));
        Assert.Equal("05000507000100000000" + "0000 eof", await lab.RawSocksAsync(@"\x05\xff" + methods + @"\x05\x02\x00\x01\x0a\x4d\x02\x02\x00\x50"));
    }

    [Fact]
    public async Task Thousands_that_stall_are_let_go_and_others_pass()
    {
        await using var calamary = await lab.StartAsync(AcceptAll.With("limits: {flows: 5000}"));
        await using var stall = lab.Client.Start(
            ["prlimit", "--nofile=4096", .. SocksClients.Command(IpFamily.IPv4, "stall", "2000")]);
        await stall.Output.WaitForAsync("^holding$", seconds: 30);
        Assert.Equal(200, (await lab.SocksAsync($"http://{Addresses.Server4}/")).Status);
        await stall.Output.WaitForAsync("^ended 2000$", seconds: 30);
        await calamary.EndedAsync("handshake_timeout", 2000);
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "all have ended");
    }
}
