namespace Calamary.EndToEnd.Rules;

/// <summary>What becomes of running flows at a reload, with <c>recheck</c>.</summary>
public sealed class RecheckTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings AcceptA = Settings.Dnat.With("recheck: true").Rule("{dns: a.example.test}", "accept");

    [Fact]
    public async Task A_running_download_ends_when_the_new_rules_deny_it()
    {
        await using var calamary = await lab.StartAsync(AcceptA, Interception.Dnat);
        var download = await StartDownloadAsync();
        calamary.Reload(AcceptA.WithoutRules().Rule("{dns: b.example.test}", "accept").ToString());
        Assert.NotEqual(0, (await download).ExitCode);
        await calamary.Log.WaitForAsync("Ended: denied by the rules since the last reload");
        await calamary.Log.WaitForAsync("1 running flows are denied now and were ended");
        Assert.Equal(1, (await Metrics.ScrapeAsync(lab.Proxy)).FlowEnd("denied_by_reload"));
    }

    [Fact]
    public async Task A_running_download_goes_on_when_another_rule_accepts_it()
    {
        await using var calamary = await lab.StartAsync(AcceptA, Interception.Dnat);
        var download = await StartDownloadAsync();
        calamary.Reload(AcceptA.WithoutRules().Rule("{port: 22}", "deny").Rule("{protoL5: tls}", "accept").ToString());
        await calamary.Log.WaitForAsync("Reloaded");
        Assert.Equal(0, (await download).ExitCode);
    }

    private async Task<Task<CurlResult>> StartDownloadAsync()
    {
        var target = Path.Combine(LabFiles.NewDirectory("recheck"), "big.bin");
        var download = lab.Client.CurlAsync(
            ["--limit-rate", "60M", "-o", target, .. Curl.Resolve("a.example.test", 443, Addresses.Server4), "https://a.example.test/big.bin"]);
        await Eventually.TrueAsync(() => File.Exists(target) && new FileInfo(target).Length > 1_000_000, "the download runs");
        return download;
    }
}
