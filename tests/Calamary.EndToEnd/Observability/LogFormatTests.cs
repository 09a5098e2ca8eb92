using System.Text.Json;

namespace Calamary.EndToEnd.Observability;

public sealed class LogFormatTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Time = @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d";

    [Fact]
    public async Task Every_line_has_five_columns()
    {
        await using var calamary = await TrafficAsync(MixedRules.With("debug: true"));
        Assert.All(calamary.Log.Snapshot(), line =>
        {
            Assert.Matches($@"^{Time} \| (DEBUG|INFO|WARN|ERROR) \| [a-z]+ \| [^|]+ \| .+$", line);
            Assert.Equal(5, line.Split(" | ").Length);
        });
        Assert.Contains(calamary.Log.Snapshot(), line => line.Contains("| DEBUG | filter |", StringComparison.Ordinal));
        Assert.Contains(calamary.Log.Snapshot(), line => line.Contains($"{Addresses.Client4} => ? |", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verdicts_name_addresses_and_rule()
    {
        await using var calamary = await TrafficAsync(MixedRules);
        string[] expected =
        [
            @"INFO \| forward \| 10\.77\.1\.2 => 10\.77\.2\.2:443 \| Accept$",
            @"INFO \| forward \| fd77:1::2 => \[fd77:2::2\]:443 \| Accept$",
            @"INFO \| forward \| 10\.77\.1\.2 => 10\.77\.2\.2:443 \| Denied by rule 1 \(no b\)$",
            @"INFO \| forward \| 10\.77\.1\.2 => 10\.77\.2\.2:7001 \| Denied by rule 2$",
            @"INFO \| forward \| 10\.77\.1\.2 => 10\.77\.2\.2:7005 \| Denied by default$",
        ];
        foreach (var pattern in expected) await calamary.Log.WaitForAsync($@"^{Time} \| {pattern}");
        Assert.Equal(0, calamary.Log.Count("DEBUG"));
        Assert.Empty(calamary.Process.Error.Snapshot());
    }

    [Fact]
    public async Task Json_lines_parse_and_have_the_same_facts()
    {
        await using var calamary = await TrafficAsync(MixedRules.With("log: {format: json}", "debug: true"));
        var objects = calamary.Log.Snapshot().Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.All(objects, root => Assert.Equal(JsonValueKind.Object, root.ValueKind));
        Assert.Contains(calamary.Log.Snapshot(), line => line.Contains("\"no b\"", StringComparison.Ordinal)
            && line.Contains(Addresses.Client4, StringComparison.Ordinal) && line.Contains(Addresses.Server4, StringComparison.Ordinal));
    }

    private static Settings MixedRules => Settings.Dnat
        .Rule("{dns: a.example.test}", "accept").Rule("{dns: b.example.test}", "deny", "name: 'no b'").Rule("{port: 7001}", "deny");

    private async Task<CalamaryProcess> TrafficAsync(Settings settings)
    {
        var calamary = await lab.StartAsync(settings, Interception.Dnat);
        await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server4), "https://a.example.test/"]);
        await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server6), "https://a.example.test/"]);
        await lab.Client.CurlAsync([.. Curl.Resolve("b.example.test", 443, Addresses.Server4), "https://b.example.test/"]);
        await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x");
        await lab.Client.PeerAsync(Addresses.Server4, OddServer.Sink, "--send", "x");
        await calamary.Log.WaitForAsync("7005");
        return calamary;
    }
}
