namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>What a header leads to, good or bad.</summary>
public sealed class HeaderTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly string[] Hello = ["--leave-after", "5"];

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "first bytes are no PROXY header", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray() },
        { "first bytes are no PROXY header", [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3] },
        { "address", Headers.Text("PROXY TCP4 10.88.0.09 10.77.2.2 5000 7001") },
        { "port", Headers.Text("PROXY TCP4 10.88.0.9 10.77.2.2 5000 70001") },
        { "neither TCP4", Headers.Text("PROXY UDP4 10.88.0.9 10.77.2.2 5000 7001") },
        { "bare CR or LF", "PROXY TCP4 10.88.0.9 10.77.2.2 5000 7001\nhello"u8.ToArray() },
        { "no line end", Headers.Text("PROXY UNKNOWN " + new string('a', 200)) },
        { "version of the binary header", Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, command: 0x31) },
        { "command", Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, command: 0x22) },
        { "a header for UDP", Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, transport: 2) },
        { "UNIX sockets", Headers.V2(new byte[216], 0x31) },
        { "shorter than its addresses", Headers.V2([], 0x11) },
        { "a TLV does not fit", Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, [4, 0, 1]) },
        { "CRC32c checksum", Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, Headers.Tlv(3, 1, 2, 3, 4)) },
        { "longer than 16 KiB", Headers.V2(new byte[20_000], 0x11) },
    };

    public static TheoryData<byte[]> HealthChecks => new()
    {
        Headers.Text("PROXY UNKNOWN"),
        Headers.Text("PROXY UNKNOWN ::1 ::2 1 2"),
        Headers.V2([], 0, command: 0x20),
        Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, command: 0x20),
        Headers.V2([], 0),
    };

    [Theory]
    [InlineData(IpFamily.IPv4, IpFamily.IPv4, "send")]
    [InlineData(IpFamily.IPv4, IpFamily.IPv6, "send")]
    [InlineData(IpFamily.IPv6, IpFamily.IPv4, "send")]
    [InlineData(IpFamily.IPv6, IpFamily.IPv6, "send")]
    [InlineData(IpFamily.IPv4, IpFamily.IPv6, "drip")]
    public async Task What_follows_the_header_is_relayed_byte_for_byte(IpFamily sender, IpFamily behind, string action)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("timeout: {process: 8000}"));
        foreach (var header in new[]
        {
            Headers.V1(behind, Addresses.Server(behind), OddServer.Echo),
            Headers.V2(behind, Addresses.Server(behind), OddServer.Echo, [.. Headers.Tlv(4, new byte[50]), .. Headers.Tlv(0xEA, 1)]),
        })
        {
            var outcome = await lab.SendHeaderAsync(sender, action, [.. header, .. "hello"u8], [.. Hello, "--interval", "0.001"]);
            Assert.Equal(("left", "hello"), (outcome.End, outcome.Text));
        }
        Assert.Equal(2, await calamary.Log.CountedAsync($@"\| {Headers.Behind(behind)} => .*:7001 \| Accept", 2));
    }

    [Fact]
    public async Task Mapped_addresses_are_IPv4()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Settings.Rule("{src: '10.88.0.0/16', protoL3: ip4}", "accept"));
        var header = Headers.Text($"PROXY TCP6 ::ffff:10.88.0.9 ::ffff:{Addresses.Server4} 5000 {OddServer.Echo}");
        Assert.Equal("hello", (await lab.SendHeaderAsync([.. header, .. "hello"u8], Hello)).Text);
    }

    [Theory, MemberData(nameof(Malformed))]
    public async Task Malformed_header_is_closed_at_once(string detail, byte[] bytes)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("timeout: {process: 8000}"));
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.SendHeaderAsync(bytes);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.InRange(outcome.Seconds, 0, 5);
        await calamary.AwaitEndsAsync("handshake_malformed");
        await calamary.Log.WaitForAsync($@"\| {Addresses.Client4} => \? \| Refused: .*{detail}");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Theory, MemberData(nameof(HealthChecks))]
    public async Task Health_check_is_closed_quietly(byte[] bytes)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll);
        var before = await lab.ServerConnectionsAsync();
        Assert.Equal("eof", (await lab.SendHeaderAsync(bytes)).End);
        await calamary.AwaitEndsAsync("health_check");
        Assert.Equal(0, calamary.Log.Count(@"\| forward \|"));
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Connection_without_a_byte_is_ordinary()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll);
        await lab.Client.PeerAsync(Addresses.Proxy4, ProxyProtoClient.Port, "--shutdown");
        await calamary.AwaitEndsAsync("client_closed_early");
        Assert.Equal(0, calamary.Log.Count(@"\| forward \|"));
    }

    [Theory]
    [InlineData(IpFamily.IPv4, Addresses.Proxy4, 4129, "loop_detected")]
    [InlineData(IpFamily.IPv6, Addresses.Proxy6, 4129, "loop_detected")]
    [InlineData(IpFamily.IPv4, Addresses.ProxyOut4, 4129, "loop_detected")]
    [InlineData(IpFamily.IPv4, "127.0.0.1", Lab.Settings.MetricsPort, "loop_detected")]
    [InlineData(IpFamily.IPv4, "127.0.0.1", 22, "denied_by_deny_always")]
    [InlineData(IpFamily.IPv4, "0.0.0.0", 22, "denied_by_deny_always")]
    [InlineData(IpFamily.IPv6, "::ffff:127.0.0.1", 22, "denied_by_deny_always")]
    [InlineData(IpFamily.IPv6, "fe80::1", 22, "denied_by_deny_always")]
    public async Task Header_leads_nowhere_that_no_rule_can_allow(IpFamily family, string destination, int port, string reason)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll);
        var outcome = await lab.SendHeaderAsync(Headers.V1(family, destination, port));
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.Equal(0, outcome.Received);
        await calamary.AwaitEndsAsync(reason);
    }

    [Theory]
    [InlineData("trusted: ['10.77.1.3', '10.77.2.0/24']")]
    [InlineData("trusted: ['fd77:1::/64', '::/0']")]
    public async Task Header_of_others_is_not_read(string trusted)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Listener(trusted).With("timeout: {process: 20000}").Rule("{port: 1-65535}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        Assert.Equal("reset", (await lab.SendHeaderAsync([.. Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8])).End);
        // Nor is there a wait for one.
        var silent = await lab.SendHeaderAsync([]);
        Assert.Equal("reset", silent.End);
        Assert.InRange(silent.Seconds, 0, 5);
        await calamary.AwaitEndsAsync("source_not_trusted", 2);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Client_that_is_led_back_sends_no_header_of_its_own()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Listener("trusted: ['10.77.0.0/16']").Rule("{port: 1-65535}", "accept"));
        // An address that is not known as this machine's leads to it all the same.
        await Firewall.ApplyAsync(lab.Proxy, $$"""
            chain output {
                type nat hook output priority -100;
                ip daddr {{Addresses.Silent4}} tcp dport 4139 redirect to :{{ProxyProtoClient.Port}}
            }
            """);
        var before = await lab.ServerConnectionsAsync();
        byte[] bytes = [.. Headers.V2(IpFamily.IPv4, Addresses.Silent4, 4139), .. Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8];
        const int Tries = 20;
        for (var i = 0; i < Tries; i++)
        {
            var outcome = await lab.SendHeaderAsync(bytes);
            Assert.Contains(outcome.End, new[] { "eof", "reset" });
            Assert.Equal(0, outcome.Received);
        }
        // More than these, when a reset overtakes the dialling and it is tried again.
        Assert.InRange((await calamary.MetricsAsync()).FlowEnd("loop_detected"), Tries, 2 * Tries);
        Assert.InRange(await calamary.Log.CountedAsync($@"\| {Addresses.ProxyOut4} => .* \| Denied by loop detection", Tries), Tries, 2 * Tries);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
        await lab.InterceptAsync(Interception.None);
    }

    [Fact]
    public async Task Reload_changes_who_is_trusted_without_ending_a_flow()
    {
        byte[] bytes = [.. Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8];
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll);
        await using var held = lab.HoldHeaders(bytes, 1);
        await held.Output.WaitForAsync("^working 1");
        calamary.Reload(ProxyProtoClient.Listener("trusted: '192.0.2.1'").Rule("{port: 1-65535}", "accept").ToString());
        await Eventually.TrueAsync(async () => (await lab.SendHeaderAsync(bytes, Hello)).End == "reset", "others are trusted now");
        Assert.Equal(1, (await calamary.MetricsAsync())["calamary_current_connections"]);
        calamary.Reload(ProxyProtoClient.AcceptAll.ToString());
        await Eventually.TrueAsync(async () => (await lab.SendHeaderAsync(bytes, Hello)).Text == "hello", "the sender is trusted again");
    }

    [Fact]
    public async Task Limit_per_source_counts_the_original_source()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("limits: {flowsPerSource: 3}"));
        byte[] one = [.. Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8];
        await using var held = lab.HoldHeaders(one, 5);
        await calamary.AwaitEndsAsync("limit_exceeded", 2);
        await held.Output.WaitForAsync("^working 3");
        // Another client behind the same sender is not concerned.
        byte[] other = [.. Headers.V1(IpFamily.IPv6, Addresses.Server6, OddServer.Echo), .. "hello"u8];
        Assert.Equal("hello", (await lab.SendHeaderAsync(other, Hello)).Text);
        // Nor does the sender itself count as one.
        await using var silent = lab.HoldHeaders([], 8);
        await silent.Output.WaitForAsync("^closed 8");
        Assert.Equal(2, (await calamary.MetricsAsync()).FlowEnd("limit_exceeded"));
    }

    [Fact]
    public async Task Sni_is_dialled_where_it_is_told_to()
    {
        var settings = ProxyProtoClient.Listener("trusted: '10.77.1.2', resolveSni: true").Rule("{dns: v4.example.test}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        await Firewall.ApplyAsync(lab.Client, $$"""
            chain output {
                type nat hook output priority -100;
                ip daddr {{Addresses.Silent4}} tcp dport 443 dnat to {{Addresses.Proxy4}}:{{ProxyProtoClient.Port}}
            }
            """);
        var result = await lab.Client.CurlAsync(
            ["--haproxy-protocol", .. Curl.Resolve("v4.example.test", 443, Addresses.Silent4), "https://v4.example.test/"]);
        await Firewall.ApplyAsync(lab.Client, "");
        Assert.Equal((200, WebServer.Page), (result.Status, result.Output));
        await calamary.Log.WaitForAsync($@"\| {Addresses.Client4} => {Addresses.Server4}:443 \| Accept");
    }
}
