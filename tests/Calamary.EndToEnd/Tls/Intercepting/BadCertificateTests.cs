namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>What is wrong with a server stays wrong for its clients: nothing here may ever look valid.</summary>
[Collection(TlsLab.Collection)]
public sealed class BadCertificateTests(TlsLab lab)
{
    private const int CertificateRefused = 60;
    private const int ConnectFailed = 35;
    private const int Impostor = 4460;

    private static IEnumerable<ServerCertificate> Bad => Pki.Instance.All.Where(certificate => certificate.Flaw != CertificateFlaw.None);

    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task Curl_refuses_all_of_them(Way way)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        foreach (var certificate in Bad)
        {
            var result = await lab.CurlAsync(way, Setup.Intercept, $"https://{certificate.Host}/");
            // In TLS inside TLS, curl loses its own reason: its alert is what the proxy logs.
            var isRefused = result.ExitCode == CertificateRefused || (way == Way.Https && result.ExitCode == ConnectFailed);
            Assert.True(isRefused && result.Output.Length == 0, $"{certificate.Kind}: {result.ExitCode} {result.Output}{result.Error}");
        }
    }

    [Theory]
    [InlineData("1.2", "")]
    [InlineData("1.3", "h2,http/1.1")]
    public async Task Issuer_is_not_the_authority_that_clients_trust(string version, string alpn)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        foreach (var certificate in Bad)
        {
            var outcome = await lab.TlsAsync(Way.Transparent, certificate.Host, TlsServers.Port, "--version", version, "--alpn", alpn);
            Assert.False(outcome.IsIntercepted, certificate.Kind);
            outcome = await lab.TlsAsync(Way.Transparent, certificate.Host, TlsServers.Port, "--version", version, "--alpn", alpn, "--authority", Setup.Intercept);
            Assert.True(outcome.End == "alert" && outcome.Error.Contains("CERTIFICATE_VERIFY_FAILED", StringComparison.Ordinal), $"{certificate.Kind}: {outcome}");
        }
    }

    /// <summary>Those who insist see the page, and what is wrong.</summary>
    [Fact]
    public async Task Insisting_clients_get_through()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        foreach (var certificate in Bad)
        {
            var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, "-k", "-v", $"https://{certificate.Host}/");
            Assert.True((result.Status, result.Output) == (200, WebServer.Page), $"{certificate.Kind}: {result.Error}");
            Assert.Matches(@"issuer: ", result.Error);
            Assert.DoesNotMatch($"issuer: .*{Pki.InterceptionName}", result.Error);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Good_server_of_the_same_name_lends_nothing_to_a_bad_one(bool goodFirst)
    {
        var stranger = Issuer.Root("Lab-Impostor");
        var leaf = stranger.Leaf(new LeafRequest("valid.tls.test").Name("valid.tls.test").Name("also.tls.test").Name("git.tls.test"));
        var folder = LabFiles.NewDirectory("impostor");
        var (certificate, key) = (Path.Combine(folder, "impostor.crt"), Path.Combine(folder, "impostor.key"));
        await File.WriteAllTextAsync(certificate, leaf.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(key, leaf.KeyPem);
        await using var server = lab.Net.Server.Start(["openssl", "s_server", "-accept", $"{Addresses.Tls4}:{Impostor}", "-cert", certificate, "-key", key, "-www", "-quiet"]);
        await server.WaitForPortAsync(Impostor);
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var good = $"https://valid.tls.test/";
        var bad = $"https://valid.tls.test:{Impostor}/";
        foreach (var url in goodFirst ? new[] { good, bad, good } : [bad, good, bad])
            Assert.Equal(url == good ? 0 : CertificateRefused, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, url)).ExitCode);
    }

    /// <summary>The name that a rule sees, the one that the server is asked for and the one that the certificate is judged by are one.</summary>
    [Theory]
    [InlineData("valid.tls.test", "wrongname.tls.test")]
    [InlineData("another.tls.test", "wrongname.tls.test")]
    [InlineData("valid.tls.test", "expired.tls.test")]
    [InlineData("unknown.tls.test", "selfsigned.tls.test")]
    public async Task Name_of_one_does_not_help_another(string requested, string sni)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(Way.Http), Way.Http);
        var outcome = await lab.TlsAsync(Way.Http, requested, TlsServers.Port, "--sni", sni, "--authority", Setup.Intercept);
        Assert.Equal("alert", outcome.End);
        Assert.False((await lab.TlsAsync(Way.Http, requested, TlsServers.Port, "--sni", sni)).IsIntercepted);
    }

    [Fact]
    public async Task Rules_can_deny_instead()
    {
        var settings = (await Way.Transparent.SettingsAsync()).Rule("{cert: invalid}", "deny").Rule("{protoL5: tls}", "intercept").Rule("{port: 443}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        Assert.False((await lab.TlsAsync(Way.Transparent, "expired.tls.test", TlsServers.Port)).Answered);
        Assert.True((await lab.TlsAsync(Way.Transparent, "valid.tls.test", TlsServers.Port, "--authority", Setup.Intercept)).IsIntercepted);
    }
}
