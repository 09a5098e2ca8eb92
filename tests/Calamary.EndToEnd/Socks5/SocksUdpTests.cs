namespace Calamary.EndToEnd.Socks5;

/// <summary>UDP ASSOCIATE.</summary>
public sealed class SocksUdpTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    private static readonly Settings AcceptEcho = SocksClients.Listener
        .Rule("{port: 20000-20999}", "accept").Rule($"{{port: {SocksClients.Echo}, protoL4: udp}}", "accept");

    private static readonly string Target = $"{Addresses.Server4},{SocksClients.Echo}";
    private static readonly string Target6 = $"{Addresses.Server6},{SocksClients.Echo}";

    private LabProcess? echo;

    private LabProcess Echo => echo!;

    public async Task InitializeAsync() => echo = await lab.StartUdpEchoAsync();

    public async Task DisposeAsync() => await Echo.DisposeAsync();

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Datagrams_go_to_both_families_and_to_names(IpFamily family)
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var name = $"v4.example.test,{SocksClients.Echo}";
        var name6 = $"v6.example.test,{SocksClients.Echo}";
        Assert.Equal(
            [
                $"relay {Addresses.Proxy(family)}",
                $"{Target} same {Target.Length + 3} from {Target}",
                $"{Target6} same {Target6.Length + 3} from {Target6}",
                $"{name} same {name.Length + 3} from {Target}",
                $"{name6} same {name6.Length + 3} from {Target6}",
            ],
            await lab.DatagramsAsync(family, "echo", Target, Target6, name, name6));
        await calamary.Log.WaitForAsync($@"{Addresses.Client(family)} => \S*{Addresses.Server4}\S*:{SocksClients.Echo} \| Accept");
        await calamary.Log.WaitForAsync($@"{Addresses.Client(family)} => \[{Addresses.Server6}\]:{SocksClients.Echo} \| Accept");
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("completed") >= 5, "five flows ended");
        var metrics = await calamary.MetricsAsync();
        Assert.Equal(4, metrics["calamary_req_udp"]);
        var bytes = Target.Length + Target6.Length + name.Length + name6.Length + 12;
        Assert.Equal((bytes, bytes), (metrics["calamary_bytes_sent"], metrics["calamary_bytes_rcv"]));
    }

    [Fact]
    public async Task Denied_destination_gets_nothing_and_others_go_on()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var forbidden = $"{Addresses.Server4},{SocksClients.Forbidden}";
        var loopback = $"127.0.0.1,{SocksClients.Echo}";
        var rebound = $"loopback4.example.test,{SocksClients.Echo}";
        var nowhere = $"nowhere.example.test,{SocksClients.Echo}";
        var self = $"{Addresses.Proxy4},{SocksClients.Port}";
        var lines = await lab.DatagramsAsync(
            ["echo", .. new[] { forbidden, forbidden, forbidden, loopback, rebound, nowhere, self }.Select(t => "!" + t), Target]);
        Assert.Equal(
            [
                $"relay {Addresses.Proxy4}", $"{forbidden} nothing", $"{forbidden} nothing", $"{forbidden} nothing", $"{loopback} nothing", $"{rebound} nothing",
                $"{nowhere} nothing", $"{self} nothing", $"{Target} same {Target.Length + 3} from {Target}",
            ],
            lines);
        Assert.Equal(0, Echo.Output.Count($"^{Addresses.Server4} {SocksClients.Forbidden} "));
        await calamary.EndedAsync("denied_by_default");
        await calamary.EndedAsync("denied_by_deny_always", 2);
        await calamary.EndedAsync("name_not_found");
        await calamary.EndedAsync("loop_detected");
        // One line for three datagrams.
        Assert.Equal(1, await calamary.Log.CountedAsync($@":{SocksClients.Forbidden} \|", 1));
    }

    [Fact]
    public async Task Datagrams_that_wait_for_a_name_go_out_in_order()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        Assert.Equal(["got 0 1 2 3 4 5 6 7 8 9 10 11"], await lab.DatagramsAsync("ordered", $"v4.example.test,{SocksClients.Echo}", "12"));
    }

    [Fact]
    public async Task Fragments_and_malformed_headers_are_dropped()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var whole = $"whole same {Target.Length + 3} from {Target}";
        Assert.Equal(["fragment nothing", "last fragment nothing", whole], await lab.DatagramsAsync("fragment", Target));
        Assert.Equal([whole], await lab.DatagramsAsync("malformed", Target));
        await Echo.CameAsync(2, $"^{Addresses.Server4} {SocksClients.Echo} ");
    }

    [Fact]
    public async Task Only_the_client_that_asked_is_served()
    {
        const string Stranger = "10.77.1.9";
        await lab.Client.ConfigureAsync($"address replace {Stranger}/24 dev proxy");
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var served = $"same {Target.Length + 3} from {Target}";
        Assert.Equal(
            [$"first {served}", "other port nothing", "other address nothing", $"first again {served}"],
            await lab.DatagramsAsync("strangers", Target, Stranger));
        Assert.Equal(["other port nothing", $"named port {served}"], await lab.DatagramsAsync("named_port", Target));
        await Echo.CameAsync(3, $"^{Addresses.Server4} {SocksClients.Echo} ");
    }

    [Theory]
    [InlineData("close")]
    [InlineData("reset")]
    public async Task Association_ends_with_its_tcp_connection(string how)
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var descriptors = calamary.OpenDescriptors;
        Assert.Equal([$"before same {Target.Length + 3} from {Target}", "after refused"], await lab.DatagramsAsync("end", Target, how));
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= descriptors, "its sockets are closed");
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "its flows have ended");
    }

    [Fact]
    public async Task Bytes_on_the_tcp_connection_mean_nothing()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        Assert.Equal([$"with bytes on TCP same {Target.Length + 3} from {Target}"], await lab.DatagramsAsync("chatter", Target));
    }

    [Fact]
    public async Task Idle_association_ends()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho.With("timeout: {idle: 700}"));
        var lines = await lab.DatagramsAsync("idle", Target);
        Assert.StartsWith("closed ", lines[1], StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "its flows have ended");
        Assert.InRange((await calamary.MetricsAsync()).FlowEnd("idle_timeout"), 1, 2);
    }

    [Fact]
    public async Task Destinations_of_an_association_are_bounded()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        await using var client = lab.Client.Start(SocksClients.Command(IpFamily.IPv4, "many", Addresses.Server4, "300", Target, "10"));
        await client.Output.WaitForAsync("^holding$", seconds: 30);
        Assert.Contains($"after same {Target.Length + 3} from {Target}", client.Output.Snapshot());
        var metrics = await calamary.MetricsAsync();
        Assert.Equal(301, metrics["calamary_req_udp"]);
        // The association itself, and its destinations.
        Assert.Equal(1 + 256, metrics["calamary_current_connections"]);
    }

    [Fact]
    public async Task Destinations_count_for_the_limits()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho.With("limits: {flowsPerSource: 3}"));
        var others = Enumerable.Range(20000, 3).Select(port => $"!{Addresses.Server4},{port}");
        var lines = await lab.DatagramsAsync(["echo", .. others, "!" + Target]);
        Assert.Equal($"{Target} nothing", lines[^1]);
        await calamary.EndedAsync("limit_exceeded", 2);
    }

    [Fact]
    public async Task Over_the_limits_there_is_no_answer()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho.With("limits: {flowsPerSource: 2}"));
        await using var client = lab.Client.Start(SocksClients.Command(IpFamily.IPv4, "idle", Target));
        await client.Output.WaitForAsync("^before same ");
        Assert.Equal(" eof", (await lab.RawSocksAsync(@"\x05\x01\x00")).Replace("reset", "eof", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Large_datagrams_pass()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        // With its header of 10 bytes this is all that IPv4 carries.
        Assert.Equal(
            [$"1 same 1 from {Target}", $"1472 same 1472 from {Target}", $"65497 same 65497 from {Target}"],
            await lab.DatagramsAsync("big", Target, "1", "1472", "65497"));
    }

    [Fact]
    public async Task Datagram_to_a_relay_of_the_proxy_is_a_loop()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho.Rule("{protoL4: udp}", "accept"));
        Assert.Equal(["loop nothing"], await lab.DatagramsAsync("loop"));
        await calamary.EndedAsync("loop_detected");
    }

    [Fact]
    public async Task Lookups_of_one_client_leave_room_for_others()
    {
        await using var calamary = await lab.StartAsync(
            AcceptEcho.Rule("{protoL4: udp}", "accept").With("timeout: {dnsLookup: 8000}") with { Nameserver = Addresses.Silent4 });
        await using var client = lab.Client.Start(SocksClients.Command(IpFamily.IPv4, "names", "100"));
        await client.Output.WaitForAsync("^holding$");
        await calamary.EndedAsync("name_lookup_failed", 100 - 64);
        Assert.Equal(100 - 64, await calamary.Log.CountedAsync("64 names are looked up for this source already; nobody was asked", 100 - 64));
    }

    [Fact]
    public async Task Link_local_client_is_told_that_there_is_no_relay()
    {
        await lab.Proxy.ConfigureAsync("address replace fe80::77/64 dev client nodad");
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var code = $"""
            import socket
            s = socket.create_connection(('fe80::77%proxy', {SocksClients.Port}), timeout=5)
            s.sendall(b'\x05\x01\x00')
            s.recv(2, socket.MSG_WAITALL)
            s.sendall(b'\x05\x03\x00\x01\0\0\0\0\0\0')
            print(s.recv(10, socket.MSG_WAITALL)[1])
            """;
        Assert.Equal("1", (await lab.Client.RunAsync("/usr/bin/python3", "-c", code)).Succeeded().Output);
        await calamary.Log.WaitForAsync("link-local");
    }

    [Fact]
    public async Task Reload_leaves_the_port_alone()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        await using var client = lab.Client.Start(SocksClients.Command(IpFamily.IPv4, "watch", Target));
        await client.Output.WaitForAsync("^answered$");
        for (var reload = 1; reload <= 3; reload++)
        {
            calamary.Reload(AcceptEcho.Rule($"{{port: {reload}}}", "accept").ToString());
            var lines = Echo.Output.Snapshot().Count;
            await Eventually.TrueAsync(() => Echo.Output.Snapshot().Count > lines + 5, "datagrams go on");
        }
        Assert.Single(Echo.Output.Snapshot().Where(l => l.StartsWith(Addresses.Server4, StringComparison.Ordinal)).Select(l => l.Split(' ')[^1]).Distinct());
        Assert.DoesNotContain("silent", client.Output.Snapshot());
        // The flow has gone on: there is no further verdict.
        Assert.Equal(1, await calamary.Log.CountedAsync($@":{SocksClients.Echo} \| Accept", 1));
    }

    [Fact]
    public async Task Reload_judges_destinations_again()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        await using var client = lab.Client.Start(SocksClients.Command(IpFamily.IPv4, "watch", Target));
        await client.Output.WaitForAsync("^answered$");
        calamary.Reload(AcceptEcho.WithoutRules().ToString());
        await client.Output.WaitForAsync("^silent$");
        var lines = client.Output.Snapshot().Count;
        calamary.Reload(AcceptEcho.ToString());
        await client.Output.WaitForAsync("^answered$", lines);
    }

    [Fact]
    public async Task Draining_cuts_associations_at_its_end()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho.With("timeout: {drain: 300}"));
        await using var client = lab.Client.Start(SocksClients.Command(IpFamily.IPv4, "idle", Target));
        await client.Output.WaitForAsync("^before same ");
        calamary.Process.Signal(PosixSignalNumber.Terminate);
        Assert.Equal(0, await calamary.WaitForExitAsync());
        // The association and its destination.
        Assert.Equal(1, await calamary.Log.CountedAsync("2 flows were cut", 1));
    }

    [Fact]
    public async Task Output_options_hold_for_datagrams()
    {
        await lab.Proxy.ConfigureAsync("address replace 10.77.2.77/24 dev server");
        await using var calamary = await lab.StartAsync(AcceptEcho.With("output: {fwmark: 7, interface: server, ip4: 10.77.2.77}"));
        await lab.DatagramsAsync("echo", Target);
        await Echo.CameAsync(1, @"^\S+ \d+ \d+ 10\.77\.2\.77 ");
    }

    [Fact]
    public async Task Python_client_of_others_is_served()
    {
        await using var calamary = await lab.StartAsync(AcceptEcho);
        var code = $"""
            import socket, socks
            s = socks.socksocket(socket.AF_INET, socket.SOCK_DGRAM)
            s.set_proxy(socks.SOCKS5, '{Addresses.Proxy4}', {SocksClients.Port})
            s.settimeout(5)
            s.sendto(b'hello', ('v4.example.test', {SocksClients.Echo}))
            print(*s.recvfrom(100))
            """;
        var result = await lab.Client.RunAsync("/usr/bin/python3", "-c", code);
        Assert.Equal($"b'hello' ('{Addresses.Server4}', {SocksClients.Echo})", result.Succeeded().Output);
    }
}
