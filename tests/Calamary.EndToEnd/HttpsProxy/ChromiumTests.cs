using Calamary.EndToEnd.Users;

namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>A browser that is told to use the proxy, in each of the ways that it knows.</summary>
public sealed class ChromiumTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData("http", Settings.HttpPort, "http://a.example.test/")]
    [InlineData("http", Settings.HttpPort, "https://a.example.test/")]
    [InlineData("https", HttpsProxyClient.Port, "http://a.example.test/")]
    [InlineData("https", HttpsProxyClient.Port, "https://a.example.test/")]
    [InlineData("socks5", 4132, "https://a.example.test/")]
    public async Task A_page_is_shown(string mode, int port, string url)
    {
        var settings = (await HttpsProxyClient.SettingsAsync()).Listen("mode: http, ip4: ['0.0.0.0']", Settings.HttpPort)
            .Listen("mode: socks5, ip4: ['0.0.0.0']", 4132).Rule("{dns: a.example.test, port: [80, 443]}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        var home = await HomeAsync();
        var result = await lab.Client.RunAsync(
        [
            "env", $"HOME={home}", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
            $"--user-data-dir={home}/data", $"--proxy-server={mode}://{Addresses.Proxy4}:{port}", "--timeout=30000", "--dump-dom", url,
        ], null, 90);
        Assert.Contains(WebServer.Page, result.Output, StringComparison.Ordinal);
        await calamary.Log.WaitForAsync($@"{Addresses.Client4} => \S+:{new Uri(url).Port} \| Accept");
    }

    [Theory]
    [InlineData("http", Settings.HttpPort, "http://a.example.test/")]
    [InlineData("https", HttpsProxyClient.Port, "https://a.example.test/")]
    public async Task A_user_is_asked_for_the_password_once(string mode, int port, string url)
    {
        var users = new UsersFile();
        await users.SetAsync("alice", "secret");
        var settings = (await HttpsProxyClient.SettingsAsync($", users: '{users.FilePath}'"))
            .Listen($"mode: http, ip4: ['0.0.0.0'], users: '{users.FilePath}'", Settings.HttpPort).Rule("{user: alice, port: [80, 443]}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        var result = await lab.Client.RunAsync(
            ["/usr/bin/python3", LabFiles.Script("chromium_login.py"), $"{mode}://{Addresses.Proxy4}:{port}", url, await HomeAsync(), "alice", "secret"], null, 90);
        Assert.Equal($"1 {WebServer.Page}", result.Succeeded().Output);
    }

    private async Task<string> HomeAsync() =>
        await Chromium.HomeAsync(lab.Client, (await Certificates.GetAsync()).Authority, (await ProxyCertificates.GetAsync()).Authority);
}
