using Calamary.EndToEnd.HttpsProxy;

namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>Servers that want a certificate of the client: nobody in between has its key.</summary>
[Collection(TlsLab.Collection)]
public sealed class ClientCertificateTests(TlsLab lab)
{
    private const int OpenSslRequires = 4470;

    public static TheoryData<Way, int> Servers { get; } = new MatrixTheoryData<Way, int>(
        [Way.Transparent, Way.Http, Way.Socks5], [TlsServers.RequiresClient, TlsServers.RequestsClient]);

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task They_are_passed_through_where_a_later_rule_accepts(Way way, int port)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        var certificates = await ProxyCertificates.GetAsync();
        foreach (var version in new[] { "1.2", "1.3" })
        {
            var result = await lab.CurlAsync(way, Setup.Root,
                "--tls-max", version, "--cert", certificates.Client, "--key", certificates.ClientKey, $"https://valid.tls.test:{port}/who");
            Assert.True(result.Output.EndsWith(" CN=client.example.test", StringComparison.Ordinal), $"{version}: {result.Output}{result.Error}");
        }
    }

    [Fact]
    public async Task Openssl_server_gets_it_too()
    {
        var certificates = await ProxyCertificates.GetAsync();
        var shown = Pki.Instance["valid"];
        await using var server = lab.Net.Server.Start(
        [
            "openssl", "s_server", "-accept", $"{Addresses.Tls4}:{OpenSslRequires}", "-cert", shown.Chain, "-cert_chain", shown.Chain, "-key", shown.Key, "-www", "-quiet",
            "-CAfile", certificates.ClientAuthority, "-Verify", "2", "-verify_return_error",
        ]);
        await server.WaitForPortAsync(OpenSslRequires);
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var result = await lab.CurlAsync(
            Way.Transparent, Setup.Root, "--cert", certificates.Client, "--key", certificates.ClientKey, $"https://valid.tls.test:{OpenSslRequires}/");
        Assert.Equal((0, 200), (result.ExitCode, result.Status));
        Assert.Contains("client.example.test", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsServers.RequiresClient)]
    [InlineData(TlsServers.RequestsClient)]
    public async Task They_are_denied_where_no_rule_accepts(int port)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{host: valid.tls.test}", "accept")));
        var certificates = await ProxyCertificates.GetAsync();
        var result = await lab.CurlAsync(
            Way.Transparent, Setup.Root, "--cert", certificates.Client, "--key", certificates.ClientKey, $"https://valid.tls.test:{port}/who");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("", result.Output);
        await calamary.Log.WaitForAsync($@"(?i)10\.77\.2\.5:{port} \| (Denied|.*client certificate).*");
        await calamary.Log.WaitForAsync("(?i)client certificate");
    }

    [Fact]
    public async Task They_are_denied_where_a_later_rule_denies()
    {
        var settings = (await Way.Transparent.SettingsAsync()).Rule("{protoL5: tls}", "intercept")
            .Rule($"{{port: {TlsServers.RequiresClient}}}", "deny", "name: nomutual").Rule("{port: 1-65535}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        var certificates = await ProxyCertificates.GetAsync();
        var result = await lab.CurlAsync(Way.Transparent, Setup.Root,
            "--cert", certificates.Client, "--key", certificates.ClientKey, $"https://valid.tls.test:{TlsServers.RequiresClient}/who");
        Assert.NotEqual(0, result.ExitCode);
        await calamary.Log.WaitForAsync($@"=> 10\.77\.2\.5:{TlsServers.RequiresClient} \| Denied by rule 1 \(nomutual\)");
    }
}
