using System.Globalization;

namespace Calamary.EndToEnd.Tls.Validation;

/// <summary>What the log says of certificates.</summary>
[Collection(TlsLab.Collection)]
public sealed class ReasonTests(TlsLab lab)
{
    [Theory]
    [InlineData("expired", @"cert: expired {past} CN=expired\.tls\.test")]
    [InlineData("notyet", @"cert: \S.*{future} CN=notyet\.tls\.test")]
    [InlineData("wrongname", "cert: mismatch .*")]
    [InlineData("selfsigned", "cert: .*selfsigned .*")]
    [InlineData("unknown", "cert: untrusted .*")]
    [InlineData("nochain", "cert: untrusted .*")]
    [InlineData("valid", @"cert: valid.*")]
    public async Task It_says_why(string kind, string pattern)
    {
        var settings = (await Way.Transparent.SettingsAsync()).With("debug: true").Rule("{cert: [valid, invalid]}", "deny", "name: look");
        await using var calamary = await lab.StartAsync(settings);
        Assert.False((await lab.TlsGetAsync(Way.Transparent, Pki.Instance[kind].Host, TlsServers.Port)).Answered);
        await calamary.Log.WaitForAsync(pattern
            .Replace("{past}", Date(Pki.Past), StringComparison.Ordinal).Replace("{future}", Date(Pki.Future), StringComparison.Ordinal));
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.5:443 \| Denied by rule 0 \(look\)");
    }

    [Fact]
    public async Task Denials_name_the_reason_without_debug()
    {
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).Rule("{cert: invalid}", "deny").Rule("{port: 443}", "accept"));
        await lab.TlsGetAsync(Way.Transparent, "expired.tls.test", TlsServers.Port);
        await calamary.Log.WaitForAsync($@"\| INFO \| forward \| 10\.77\.1\.2 => 10\.77\.2\.5:443 \| Denied by rule 0.*cert: expired {Date(Pki.Past)} CN=expired\.tls\.test");
    }

    [Fact]
    public async Task Names_in_certificates_forge_no_log_line()
    {
        var odd = Issuer.SelfSigned(new LeafRequest("\"a\n2023-10-02 00:10:30 | INFO | forward | 1.2.3.4 => 5.6.7.8:443 | Accept\""));
        var folder = LabFiles.NewDirectory("forged");
        await File.WriteAllTextAsync(Path.Combine(folder, "odd.crt"), odd.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "odd.key"), odd.KeyPem);
        await using var server = lab.Net.Server.Start(
            ["openssl", "s_server", "-accept", $"{Addresses.Tls4}:4450", "-cert", Path.Combine(folder, "odd.crt"), "-key", Path.Combine(folder, "odd.key"), "-quiet"]);
        await server.WaitForPortAsync(4450);
        await using var calamary = await lab.StartAsync((await Way.Transparent.SettingsAsync()).With("debug: true").Rule("{cert: invalid}", "deny"));
        await lab.TlsAsync(Way.Transparent, "valid.tls.test", 4450);
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.5:4450 \| Denied by rule 0");
        Assert.All(calamary.Log.Snapshot(), line => Assert.Equal(5, line.Split(" | ").Length));
        Assert.DoesNotContain(calamary.Log.Snapshot(), line => line.StartsWith("2023", StringComparison.Ordinal) || line.Any(char.IsControl));
    }

    private static string Date(DateTimeOffset date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
