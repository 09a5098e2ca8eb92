using System.Security.Cryptography;
using Calamary.EndToEnd.Users;

namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>The http proxy inside TLS.</summary>
public sealed class HttpsProxyTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4, "https://a.example.test/")]
    [InlineData(IpFamily.IPv6, "https://a.example.test/")]
    [InlineData(IpFamily.IPv4, "http://a.example.test/")]
    [InlineData(IpFamily.IPv6, "http://a.example.test/")]
    public async Task Curl_passes(IpFamily family, string url)
    {
        await using var calamary = await StartAsync();
        var result = await lab.SecurelyProxiedAsync(family, url);
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        await calamary.Log.WaitForAsync($@"\| INFO \| forward \| {Addresses.Client(family)} => \S+ \| Accept");
    }

    [Fact]
    public async Task Denials_are_answered_inside_tls()
    {
        await using var calamary = await StartAsync();
        Assert.Equal(403, (await lab.SecurelyProxiedAsync("https://a.example.test:8443/")).ConnectStatus);
        Assert.Equal(403, (await lab.SecurelyProxiedAsync("http://a.example.test:81/")).Status);
    }

    [Fact]
    public async Task Several_requests_share_a_connection()
    {
        await using var calamary = await StartAsync();
        var result = await lab.SecurelyProxiedAsync("http://a.example.test/", "http://a.example.test/", "http://b.example.test/");
        Assert.Equal([(200, 1), (200, 0), (200, 0)], result.Transfers.Select(t => (t.Status, t.NewConnections)));
    }

    [Fact]
    public async Task A_rule_can_look_into_the_tunnel()
    {
        await using var calamary = await lab.StartAsync((await HttpsProxyClient.SettingsAsync()).Rule("{dns: a.example.test, protoL5: tls}", "accept"));
        Assert.Equal(200, (await lab.SecurelyProxiedAsync("https://a.example.test/")).Status);
        Assert.NotEqual(0, (await lab.SecurelyProxiedAsync("https://b.example.test/")).ExitCode);
    }

    [Fact]
    public async Task Users_are_asked_for()
    {
        var users = new UsersFile();
        await users.SetAsync("alice", "secret");
        await using var calamary = await StartAsync($", users: '{users.FilePath}'");
        Assert.Equal(407, (await lab.SecurelyProxiedAsync("https://a.example.test/")).ConnectStatus);
        Assert.Equal(407, (await lab.SecurelyProxiedAsync("http://a.example.test/")).Status);
        var result = await lab.SecurelyProxiedAsync("--proxy-anyauth", "-U", "alice:secret", "https://a.example.test/");
        Assert.Equal((200, 1), (result.Status, result.Transfers[^1].NewConnections));
    }

    [Fact]
    public async Task Big_file_passes_both_ways()
    {
        await using var calamary = await StartAsync();
        var target = Path.Combine(LabFiles.NewDirectory("download"), "big.bin");
        Assert.Equal(200, (await lab.SecurelyProxiedAsync("-o", target, "https://a.example.test/big.bin")).Status);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        Assert.Equal(201, (await lab.SecurelyProxiedAsync("-T", target, "https://a.example.test/upload/https")).Status);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(lab.Web.Uploaded("https")));
        Assert.Equal(201, (await lab.SecurelyProxiedAsync("-T", target, "http://a.example.test/upload/plain")).Status);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(lab.Web.Uploaded("plain")));
        File.Delete(target);
        File.Delete(lab.Web.Uploaded("https"));
        File.Delete(lab.Web.Uploaded("plain"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20_000_000)]
    public async Task Half_closed_client_gets_the_whole_answer(int size)
    {
        await using var calamary = await StartAsync();
        var result = await lab.Client.RunAsync(
            ["/usr/bin/python3", LabFiles.Script("tls_tunnel.py"), Addresses.Proxy4, $"{HttpsProxyClient.Port}",
                (await ProxyCertificates.GetAsync()).Authority, $"v4.example.test:{OddServer.HalfClose}", $"{size}"], null, 60);
        var head = $"{size} {Convert.ToHexStringLower(SHA256.HashData(new byte[size]))}\n";
        Assert.Equal($"close_notify {head.Length + 1_000_000} {head}".Trim(), result.Succeeded().Output.Trim());
        await calamary.AwaitEndsAsync("completed", 1);
    }

    private async Task<CalamaryProcess> StartAsync(string listener = "") =>
        await lab.StartAsync((await HttpsProxyClient.SettingsAsync(listener)).Rule("{port: [80, 443, 7002]}", "accept"));
}
