namespace Calamary.EndToEnd.HttpsProxy;

/// <summary><c>clientCa</c>: only clients with a certificate get in.</summary>
public sealed class ClientCertificateTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task Only_a_certificate_of_the_clients_authority_opens()
    {
        var certificates = await ProxyCertificates.GetAsync();
        var settings = await HttpsProxyClient.SettingsAsync($", clientCa: '{certificates.ClientAuthority}'");
        await using var calamary = await lab.StartAsync(settings.Rule("{port: 443}", "accept"));
        var result = await lab.SecurelyProxiedAsync(
            "--proxy-cert", certificates.Client, "--proxy-key", certificates.ClientKey, "https://a.example.test/");
        Assert.Equal((0, 200), (result.ExitCode, result.Status));

        var before = await lab.ServerConnectionsAsync();
        Assert.NotEqual(0, (await lab.SecurelyProxiedAsync("https://a.example.test/")).ExitCode);
        Assert.NotEqual(0, (await lab.SecurelyProxiedAsync(
            "--proxy-cert", certificates.Stranger, "--proxy-key", certificates.StrangerKey, "https://a.example.test/")).ExitCode);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
        await calamary.AwaitEndsAsync("tls_handshake_failed", 2);
        await calamary.Log.WaitForAsync(@"\| Refused: the TLS handshake with the client failed");
    }
}
