using System.Text.RegularExpressions;

namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>HAProxy, nginx and curl as senders: what they say is whose rules apply and what is logged.</summary>
public sealed class SenderTests(NetworkLab lab) : IClassFixture<NetworkLab>, IAsyncLifetime
{
    public Task InitializeAsync() => Senders.AddAddressesAsync(lab);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(IpFamily.IPv4, "send-proxy")]
    [InlineData(IpFamily.IPv6, "send-proxy")]
    [InlineData(IpFamily.IPv4, "send-proxy-v2")]
    [InlineData(IpFamily.IPv6, "send-proxy-v2")]
    [InlineData(IpFamily.IPv4, "send-proxy-v2 proxy-v2-options crc32c,unique-id")]
    [InlineData(IpFamily.IPv6, "send-proxy-v2 proxy-v2-options crc32c")]
    public async Task HAProxy_tells_client_and_destination(IpFamily family, string header)
    {
        await using var calamary = await lab.StartAsync(OnlyFrom(family));
        await using var haproxy = await Senders.StartHaProxyAsync(lab, family, header);
        await AssertPassesAsync(calamary, family);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Nginx_tells_client_and_destination(IpFamily family)
    {
        await using var calamary = await lab.StartAsync(OnlyFrom(family));
        await using var nginx = await Senders.StartNginxAsync(lab, family);
        await AssertPassesAsync(calamary, family);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Curl_tells_the_destination_that_it_believes_in(IpFamily family)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Settings.Rule($"{{src: '{Addresses.Client(family)}', port: 8080}}", "accept"));
        await Firewall.ApplyAsync(lab.Client, $$"""
            chain output {
                type nat hook output priority -100;
                tcp dport 8080 dnat ip to {{Addresses.Proxy4}}:{{ProxyProtoClient.Port}}
                tcp dport 8080 dnat ip6 to [{{Addresses.Proxy6}}]:{{ProxyProtoClient.Port}}
            }
            """);
        // The server's address is this machine's own as well; only the firewall leads elsewhere.
        var result = await lab.Client.CurlAsync("--haproxy-protocol", "--interface", Addresses.Client(family),
            $"http://{Addresses.Bracketed(Addresses.Server(family))}:8080/");
        await Firewall.ApplyAsync(lab.Client, "");
        Assert.Equal(200, result.Status);
        await calamary.Log.WaitForAsync($@"\| {Addresses.Client(family)} => {Regex.Escape(Addresses.Bracketed(Addresses.Server(family)))}:8080 \| Accept");
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Rules_compare_the_original_source(IpFamily family)
    {
        var settings = ProxyProtoClient.Settings.Rule($"{{src: '{Headers.Behind(family)}'}}", "deny", "name: behind").Rule("{port: 443}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        await using var haproxy = await Senders.StartHaProxyAsync(lab, family, "send-proxy-v2");
        var before = await lab.ServerConnectionsAsync();
        Assert.NotEqual(0, (await Senders.GetAsync(lab, family)).ExitCode);
        await calamary.Log.WaitForAsync(
            $@"\| {Headers.Behind(family)} => {Regex.Escape(Addresses.Bracketed(Addresses.Server(family)))}:443 \| Denied by rule 0 \(behind\)");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Theory]
    [InlineData("send-proxy check inter 100ms")]
    [InlineData("send-proxy-v2 check inter 100ms")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c check inter 100ms")]
    public async Task Health_checks_of_HAProxy_succeed_and_are_not_logged(string header)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll);
        var before = await lab.ServerConnectionsAsync();
        await using (var haproxy = await Senders.StartHaProxyAsync(lab, IpFamily.IPv4, header))
        {
            await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("health_check") > 5, "HAProxy checks");
            Assert.DoesNotContain("DOWN", string.Join('\n', haproxy.Error.Snapshot()), StringComparison.Ordinal);
        }
        Assert.Equal(0, calamary.Log.Count(@"\| forward \|"));
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task HAProxy_notices_that_it_is_not_trusted()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Listener("trusted: '192.0.2.1'"));
        await using var haproxy = await Senders.StartHaProxyAsync(lab, IpFamily.IPv4, "send-proxy-v2");
        Assert.NotEqual(0, (await Senders.GetAsync(lab, IpFamily.IPv4)).ExitCode);
        // It tries again by itself.
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("source_not_trusted") >= 1, "HAProxy is refused");
        await calamary.Log.WaitForAsync($@"\| WARN \| forward \| {Addresses.Client4} => \? \| Refused: .* not in trusted");
    }

    [Fact]
    public async Task HAProxy_can_be_told_the_destination()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Settings.Rule("{port: 8080}", "accept"));
        await using var haproxy = await Senders.StartHaProxyAsync(lab.Client, $"""
            listen web
              bind {Addresses.Client4}:9001
              tcp-request connection set-dst ipv4({Addresses.Server4})
              tcp-request connection set-dst-port int(8080)
              server calamary {Addresses.Proxy4}:{ProxyProtoClient.Port} send-proxy-v2
            """, 9001);
        Assert.Equal(200, (await lab.Client.CurlAsync($"http://{Addresses.Client4}:9001/")).Status);
        await calamary.Log.WaitForAsync($@"\| {Addresses.Client4} => {Addresses.Server4}:8080 \| Accept");
    }

    /// <summary>The firewall sends what the proxy opens to a sender, which sends it to the proxy: each flow would make another.</summary>
    [Fact]
    public async Task Own_output_that_comes_back_through_a_sender_ends()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.Listener("trusted: ['127.0.0.1', '10.77.1.2']").Rule("{port: 8080}", "accept"));
        await using var haproxy = await Senders.StartHaProxyAsync(lab.Proxy, $"""
            listen web
              bind 127.0.0.1:9001
              server calamary 127.0.0.1:{ProxyProtoClient.Port} send-proxy-v2
            """, 9001);
        await Firewall.ApplyAsync(lab.Proxy, """
            chain output {
                type nat hook output priority -100;
                tcp dport 8080 redirect to :9001
            }
            """);
        var outcome = await lab.SendHeaderAsync([.. Headers.V1(IpFamily.IPv4, Addresses.Server4, 8080), .. "GET / HTTP/1.0\r\n\r\n"u8]);
        await Firewall.ApplyAsync(lab.Proxy, "");
        Assert.Equal(0, outcome.Received);
        await calamary.AwaitEndsAsync("loop_detected");
        Assert.InRange((await calamary.MetricsAsync())["calamary_req_tcp"], 2, 3);
    }

    private static Settings OnlyFrom(IpFamily family) => ProxyProtoClient.Settings.With("debug: true")
        .Rule($"{{src: '{Headers.Behind(family)}', dest: '{Addresses.Server(family)}', dns: a.example.test, listener: 'proxyproto:4129'}}", "accept");

    private async Task AssertPassesAsync(CalamaryProcess calamary, IpFamily family)
    {
        var result = await Senders.GetAsync(lab, family);
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        var flow = $@"\| {Headers.Behind(family)} => {Regex.Escape(Addresses.Bracketed(Addresses.Server(family)))}:443 \| ";
        await calamary.Log.WaitForAsync(flow + $@"PROXY header from {Regex.Escape(Addresses.Bracketed(Addresses.Client(family)))}:\d+$");
        await calamary.Log.WaitForAsync(flow + "Accept");
        await calamary.AwaitEndsAsync("completed");
        var metrics = await calamary.MetricsAsync();
        Assert.Equal(1, metrics[$"calamary_req_protoL3{{protocol=\"{(family == IpFamily.IPv4 ? "IPv4" : "IPv6")}\"}}"]);
    }
}
