namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>A renewed certificate is taken without an interruption.</summary>
public sealed class CertificateReloadTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task The_new_certificate_is_shown_and_running_flows_go_on()
    {
        var certificates = await ProxyCertificates.GetAsync();
        var directory = LabFiles.NewDirectory("renewed");
        var (certificate, key) = (Path.Combine(directory, "proxy.crt"), Path.Combine(directory, "proxy.key"));
        File.Copy(certificates.Proxy, certificate);
        File.Copy(certificates.ProxyKey, key);
        var settings = new Settings().Listen("mode: https, ip4: ['0.0.0.0']", HttpsProxyClient.Port)
            .With($"certs: {{serverPublic: '{certificate}', serverPrivate: '{key}'}}").Rule("{port: 443}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        Assert.Equal(await SerialOfAsync(certificates.Proxy), await ShownAsync());

        var target = Path.Combine(LabFiles.NewDirectory("download"), "big.bin");
        var download = lab.SecurelyProxiedAsync("--limit-rate", "60M", "-o", target, "https://a.example.test/big.bin");
        await Eventually.TrueAsync(() => File.Exists(target) && new FileInfo(target).Length > 1_000_000, "the download runs");
        File.Copy(certificates.Next, certificate, overwrite: true);
        File.Copy(certificates.NextKey, key, overwrite: true);
        calamary.Process.Signal(PosixSignalNumber.Hangup);
        var next = await SerialOfAsync(certificates.Next);
        await Eventually.TrueAsync(async () => await ShownAsync() == next, "the new certificate is shown");

        // A key that belongs to another certificate is refused, and the listener stays as it is.
        var from = calamary.Log.Snapshot().Count;
        File.Copy(certificates.ProxyKey, key, overwrite: true);
        calamary.Process.Signal(PosixSignalNumber.Hangup);
        await calamary.Log.WaitForAsync(@"\| ERROR \| .*certs\.serverPriv", from);
        Assert.Equal(next, await ShownAsync());

        Assert.False(download.IsCompleted);
        Assert.Equal(0, (await download).ExitCode);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        File.Delete(target);
    }

    private Task<string> ShownAsync() => lab.SClientAsync(filter: "openssl x509 -noout -serial");

    private async Task<string> SerialOfAsync(string file) =>
        (await lab.Client.RunAsync("openssl", "x509", "-noout", "-serial", "-in", file)).Succeeded().Output.Trim();
}
