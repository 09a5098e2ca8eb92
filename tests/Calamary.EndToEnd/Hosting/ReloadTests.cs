namespace Calamary.EndToEnd.Hosting;

public sealed class ReloadTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly Settings AcceptA = Settings.Dnat.Rule("{dns: a.example.test}", "accept");

    [Fact]
    public async Task Running_download_survives_and_new_flows_meet_the_new_rules()
    {
        await using var calamary = await lab.StartAsync(AcceptA, Interception.Dnat);
        var target = Path.Combine(LabFiles.NewDirectory("reload"), "big.bin");
        var download = GetAsync("a.example.test", "/big.bin", "--limit-rate", "60M", "-o", target);
        await Eventually.TrueAsync(() => File.Exists(target) && new FileInfo(target).Length > 1_000_000, "the download runs");

        calamary.Reload(AcceptA.WithoutRules().Rule("{dns: b.example.test}", "accept").ToString());
        await Eventually.TrueAsync(async () => (await GetAsync("b.example.test")).Status == 200, "the new rule accepts b");
        Assert.NotEqual(0, (await GetAsync("a.example.test")).ExitCode);

        Assert.False(download.IsCompleted);
        Assert.Equal(0, (await download).ExitCode);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        File.Delete(target);
    }

    [Fact]
    public async Task Invalid_reload_is_refused_and_logged()
    {
        await using var calamary = await lab.StartAsync(AcceptA, Interception.Dnat);
        var from = calamary.Log.Snapshot().Count;
        calamary.Reload("service: {listne: []}\nrules: [{match: {port: 1}, action: maybe}]");
        await calamary.Log.WaitForAsync(@"\| ERROR \| .*listne", from);
        await calamary.Log.WaitForAsync(@"\| ERROR \| .*maybe", from);
        Assert.All(calamary.Log.Snapshot(), line => Assert.Equal(5, line.Split(" | ").Length));
        Assert.Equal(200, (await GetAsync("a.example.test")).Status);
        calamary.Reload(AcceptA.WithoutRules().ToString());
        await Eventually.TrueAsync(async () => (await GetAsync("a.example.test")).ExitCode != 0, "a valid reload still works");
    }

    [Fact]
    public async Task Listeners_are_opened_and_closed()
    {
        await using var calamary = await lab.StartAsync(AcceptA, Interception.Dnat);
        calamary.Reload(AcceptA.Listen("mode: http", 4300).ToString());
        await calamary.Process.WaitForPortAsync(4300);
        calamary.Reload(AcceptA.ToString());
        await Eventually.TrueAsync(() => !calamary.Process.IsListening(4300), "4300 is closed");
        Assert.True(calamary.Process.IsListening(Settings.TransparentPort));
    }

    [Fact]
    public async Task Many_reloads_lose_no_new_connection()
    {
        await using var calamary = await lab.StartAsync(AcceptA, Interception.Dnat);
        var before = calamary.OpenDescriptors;
        for (var round = 0; round < 20; round++)
        {
            calamary.Reload(AcceptA.With($"timeout: {{idle: {20000 + round}}}").ToString());
            var result = await GetAsync("a.example.test");
            Assert.True(result.Status == 200, $"round {round}: {result.Status}, exit {result.ExitCode}: {result.Error}");
        }
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= before + 4, "no descriptor leaks");
    }

    private Task<CurlResult> GetAsync(string name, string path = "/", params string[] more) =>
        lab.Client.CurlAsync([.. more, .. Curl.Resolve(name, 443, Addresses.Server4), $"https://{name}{path}"]);
}
