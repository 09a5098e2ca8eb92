using System.Text.RegularExpressions;

namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>The certificate and the protocol that clients see.</summary>
[Collection(TlsLab.Collection)]
public sealed class IssuedCertificateTests(TlsLab lab)
{
    [Theory]
    [MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public async Task Names_are_those_of_the_server(Way way)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        var outcome = await lab.TlsGetAsync(way, "valid.tls.test", TlsServers.Port, "--authority", Setup.Intercept);
        Assert.True(outcome.IsIntercepted, outcome.Issuer + outcome.Error);
        Assert.Equal(["also.tls.test", "git.tls.test", "valid.tls.test"], outcome.Names.Order());
        Assert.Contains(WebServer.Page, outcome.Text, StringComparison.Ordinal);
        Assert.InRange(DateTime.UtcNow, outcome.NotBefore, outcome.NotAfter);
    }

    [Theory]
    [InlineData("1.2", "h2,http/1.1", TlsServers.Port, "h2")]
    [InlineData("1.3", "h2,http/1.1", TlsServers.Port, "h2")]
    [InlineData("1.2", "http/1.1", TlsServers.Port, "http/1.1")]
    [InlineData("1.3", "http/1.1", TlsServers.Port, "http/1.1")]
    [InlineData("1.2", "", TlsServers.Port, null)]
    [InlineData("1.3", "", TlsServers.Port, null)]
    [InlineData("1.3", "http/1.1,h2", TlsServers.Port, "h2")]
    [InlineData("1.3", "h2,http/1.1", TlsServers.OnlyTls12, "h2")]
    [InlineData("1.2", "h2,http/1.1", TlsServers.OnlyTls13, "h2")]
    [InlineData("1.3", "h2,http/1.1", TlsServers.OnlyHttp1, "http/1.1")]
    [InlineData("1.3", "h2,http/1.1", OddTlsServer.Http, null)]
    public async Task Version_is_the_clients_and_alpn_the_servers(string version, string offered, int port, string? chosen)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", port, "--authority", Setup.Intercept, "--version", version, "--alpn", offered);
        Assert.True(outcome.IsIntercepted, outcome.Issuer + outcome.Error);
        Assert.Equal(("TLSv" + version, chosen), (outcome.Version, outcome.Alpn));
    }

    [Theory]
    [InlineData(Way.Transparent)]
    [InlineData(Way.Http)]
    [InlineData(Way.Socks5)]
    public async Task Client_without_sni_gets_the_names_of_the_server(Way way)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        // nginx shows the certificate for its address to those who name nobody.
        var host = way == Way.Transparent ? "valid.tls.test" : Addresses.Tls4;
        var outcome = await lab.TlsGetAsync(way, host, TlsServers.Port, "--sni", "", "--authority", Setup.Intercept);
        Assert.True(outcome.IsIntercepted, outcome.Issuer + outcome.Error);
        Assert.Equal([Addresses.Tls4, Addresses.Tls6], outcome.Names);
        Assert.Contains(WebServer.Page, outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("valid")]
    [InlineData("wildcard")]
    [InlineData("rsa2048")]
    [InlineData("rsa4096")]
    [InlineData("p384")]
    [InlineData("revoked")]
    [InlineData("address")]
    public async Task Good_certificates_are_good_for_curl(string kind)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        foreach (var version in new[] { "--http1.1", "--http2" })
        {
            var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, $"https://{Pki.Instance[kind].Host}/");
            Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        }
    }

    [Fact]
    public async Task Key_is_one_and_the_certificate_is_cached()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var first = await SeeAsync("valid.tls.test");
        var again = await SeeAsync("valid.tls.test");
        var other = await SeeAsync("any.wildcard.tls.test");
        Assert.Equal((first.Certificate, first.Key), (again.Certificate, other.Key));
        Assert.NotEqual(first.Certificate, other.Certificate);
    }

    [Fact]
    public async Task Segmented_hello_is_intercepted()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var outcome = await lab.TlsGetAsync(Way.Transparent, "valid.tls.test", TlsServers.Port, "--authority", Setup.Intercept, "--segment", "7");
        Assert.Contains(WebServer.Page, outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_server_gives_no_certificate()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        foreach (var (address, port) in new[] { (Addresses.Refusing4, 443), (Addresses.Server4, OddServer.Echo), (Addresses.Server4, OddServer.Reset) })
            Assert.Equal("", (await lab.TlsAtAsync(Way.Transparent, address, "valid.tls.test", port)).Certificate);
    }

    [Fact]
    public async Task New_authority_is_taken_at_a_reload()
    {
        var settings = await Setup.EverythingAsync();
        await using var calamary = await lab.StartAsync(settings);
        await SeeAsync("valid.tls.test");
        var next = settings.ToString().Replace(Pki.Instance.Intercept, Pki.Instance.NextIntercept, StringComparison.Ordinal);
        calamary.Reload(next.Replace(Pki.Instance.InterceptKey, Pki.Instance.NextInterceptKey, StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => (await lab.TlsAsync(
            Way.Transparent, "valid.tls.test", TlsServers.Port, "--authority", Pki.Instance.NextIntercept)).Issuer == "CN=Lab-Next-Interception", "the new authority signs");
    }

    [Fact]
    public async Task Authority_made_by_the_command_is_taken()
    {
        var folder = Path.Combine(LabFiles.NewDirectory("made"), "ca");
        var made = (await lab.Net.Proxy.RunAsync(CalamaryProcess.Binary, "ca", "init", "--dir", folder)).Succeeded();
        var files = Directory.GetFiles(folder);
        var certificate = files.Single(file => File.ReadAllText(file).Contains("BEGIN CERTIFICATE", StringComparison.Ordinal));
        var key = files.Single(file => File.ReadAllText(file).Contains("PRIVATE KEY", StringComparison.Ordinal));
        Assert.Contains(certificate, made.AllOutput, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.Contains("pathlen:0", (await lab.Net.Proxy.RunAsync("openssl", "x509", "-noout", "-text", "-in", certificate)).Output, StringComparison.Ordinal);
        var before = await File.ReadAllTextAsync(key);
        Assert.NotEqual(0, (await lab.Net.Proxy.RunAsync(CalamaryProcess.Binary, "ca", "init", "--dir", folder)).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(key));

        var settings = await Setup.EverythingAsync();
        var file = LabFiles.NewFile("with-ca.yml", Regex.Replace(
            settings.ToString(), "interceptPublic: '[^']*', interceptPrivate: '[^']*'", $"interceptPublic: '{certificate}', interceptPrivate: '{key}'"));
        await lab.Net.InterceptAsync(Interception.Dnat);
        await using var process = lab.Net.Proxy.Start([CalamaryProcess.Binary, "-f", file]);
        await process.WaitForPortAsync(Settings.TransparentPort);
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, certificate, "https://valid.tls.test/")).Status);
    }

    private async Task<TlsOutcome> SeeAsync(string host)
    {
        var outcome = await lab.TlsAsync(Way.Transparent, host, TlsServers.Port, "--authority", Setup.Intercept);
        Assert.True(outcome.IsIntercepted, outcome.Issuer + outcome.Error);
        return outcome;
    }
}
