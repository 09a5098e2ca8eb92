using System.Diagnostics;

namespace Calamary.EndToEnd.Rules;

/// <summary>The action <c>limit</c>.</summary>
public sealed class LimitTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData("rule")]
    [InlineData("src")]
    public async Task Flows_share_a_rate(string scope)
    {
        await using var calamary = await lab.StartAsync(Limited($"{{rate: 40mbit, per: {scope}}}"), Interception.Dnat);
        var watch = Stopwatch.StartNew();
        var downloads = Enumerable.Range(0, 2).Select(_ => GetAsync("/big.bin", "-r", "0-4999999", "-o", "/dev/null", "-w", "%{size_download}")).ToArray();
        foreach (var download in downloads) Assert.Equal("5000000", (await download).Output);
        // 10 MB at 5 MB a second, less what was saved up; never faster, however slow this machine is.
        Assert.True(watch.Elapsed.TotalSeconds > 1.5, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Uploads_have_the_rate_too_and_arrive_whole()
    {
        await using var calamary = await lab.StartAsync(Limited("{rate: 80mbit}"), Interception.Dnat);
        var file = LabFiles.NewFile("upload", new string('x', 10_000_000));
        var watch = Stopwatch.StartNew();
        Assert.Equal(0, (await GetAsync("/upload/limited", "-T", file)).ExitCode);
        Assert.True(watch.Elapsed.TotalSeconds > 0.7, $"took {watch.Elapsed}");
        Assert.Equal(10_000_000, new FileInfo(lab.Web.Uploaded("limited")).Length);
    }

    [Fact]
    public async Task Flows_over_the_number_are_denied_until_one_ends()
    {
        await using var calamary = await lab.StartAsync(
            Settings.Dnat.Rule($"{{port: {OddServer.Greet}}}", "limit", "limit: {flows: 2, per: src}, name: few"), Interception.Dnat);
        var held = Enumerable.Range(0, 2).Select(_ => lab.Client.Start(["ncat", "--recv-only", Addresses.Server4, $"{OddServer.Greet}"])).ToList();
        foreach (var process in held) await process.Output.WaitForAsync("220 ready");
        Assert.Equal(0, (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Greet)).Received);
        await calamary.Log.WaitForAsync(@"Denied by rule 0 \(few\), over its limit of flows");
        await held[0].DisposeAsync();
        await Eventually.TrueAsync(async () => (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Greet, "--leave-after", "11")).Received == 11, "one ended");
        await held[1].DisposeAsync();
        var metrics = await Metrics.ScrapeAsync(lab.Proxy);
        Assert.Equal(3, metrics["calamary_rule_actions{action=\"limit\"}"]);
    }

    private static Settings Limited(string limit) => Settings.Dnat.Rule("{port: [80, 443]}", "limit", "limit: " + limit);

    private Task<CurlResult> GetAsync(string path, params string[] more) =>
        lab.Client.CurlAsync([.. more, .. Curl.Resolve("a.example.test", 443, Addresses.Server4), $"https://a.example.test{path}"]);
}
