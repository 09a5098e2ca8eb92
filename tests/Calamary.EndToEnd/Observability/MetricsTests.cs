namespace Calamary.EndToEnd.Observability;

public sealed class MetricsTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task Known_traffic_gives_known_values()
    {
        var settings = Settings.Dnat.Rule("{protoL5: http}", "redirect").Rule("{dns: a.example.test}", "accept").Rule("{port: 7001}", "accept");
        await using var calamary = await lab.StartAsync(settings, Interception.Dnat);
        await GetAsync("https", "a.example.test", 443, Addresses.Server4);
        await GetAsync("https", "a.example.test", 443, Addresses.Server6, "--tls-max", "1.2");
        await GetAsync("https", "b.example.test", 443, Addresses.Server4);
        await GetAsync("http", "a.example.test", 80, Addresses.Server4);
        await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--zeros", "100000", "--shutdown");
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("completed") == 3, "all flows ended");

        var metrics = await calamary.MetricsAsync();
        var expected = new Dictionary<string, double>
        {
            ["calamary_current_connections"] = 0,
            ["calamary_req_tcp"] = 5,
            ["calamary_req_udp"] = 0,
            ["calamary_req_protoL3{protocol=\"IPv4\"}"] = 4,
            ["calamary_req_protoL3{protocol=\"IPv6\"}"] = 1,
            ["calamary_req_protoL5{protocol=\"TLS\"}"] = 3,
            ["calamary_req_protoL5{protocol=\"HTTP\"}"] = 1,
            ["calamary_req_protoL5{protocol=\"unknown\"}"] = 1,
            ["calamary_req_tls_version{version=\"1.3\"}"] = 2,
            ["calamary_req_tls_version{version=\"1.2\"}"] = 1,
            ["calamary_req_tls_version{version=\"none\"}"] = 2,
            ["calamary_rule_actions{action=\"accept\"}"] = 3,
            ["calamary_rule_actions{action=\"deny\"}"] = 1,
            ["calamary_rule_actions{action=\"redirect\"}"] = 1,
            ["calamary_rule_matches{ruleId=\"0\"}"] = 1,
            ["calamary_rule_matches{ruleId=\"1\"}"] = 2,
            ["calamary_rule_matches{ruleId=\"2\"}"] = 1,
            ["calamary_flow_end{reason=\"completed\"}"] = 3,
            ["calamary_flow_end{reason=\"denied_by_default\"}"] = 1,
            ["calamary_flow_end{reason=\"redirected\"}"] = 1,
        };
        Assert.Equal(expected, expected.ToDictionary(sample => sample.Key, sample => metrics[sample.Key]));
        Assert.Equal(5, metrics["calamary_rule_hits{ruleId=\"0\"}"]);
        Assert.InRange(metrics["calamary_bytes_sent"], 100_000, 120_000);
        Assert.InRange(metrics["calamary_bytes_rcv"], 100_000, 120_000);
        Assert.Contains("process_", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("_bucket{", metrics.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_in_progress_is_counted()
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat.Rule("{port: 7001}", "accept"), Interception.Dnat);
        var running = lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--timeout", "3");
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 1, "one connection runs", 3);
        await running;
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "it has ended", 3);
    }

    [Fact]
    public async Task Open_metrics_is_given_when_asked_for()
    {
        await using var calamary = await lab.StartAsync(Settings.Dnat);
        var result = await lab.Proxy.CurlAsync(
            "-H", "Accept: application/openmetrics-text; version=1.0.0", $"http://127.0.0.1:{Settings.MetricsPort}/metrics");
        Assert.Equal("# EOF", result.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(404, (await lab.Proxy.CurlAsync($"http://127.0.0.1:{Settings.MetricsPort}/other")).Status);
    }

    private Task<CurlResult> GetAsync(string scheme, string name, int port, string address, params string[] more) =>
        lab.Client.CurlAsync([.. more, .. Curl.Resolve(name, port, address), $"{scheme}://{name}/"]);
}
