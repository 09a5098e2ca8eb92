namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>A resumed session shows no certificate: it must not stand for another server than the one that it began with.</summary>
[Collection(TlsLab.Collection)]
public sealed class ResumptionTests(TlsLab lab)
{
    private const int Impostor = 4462;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Session_is_resumed_with_the_same_server_and_no_other(string version)
    {
        var leaf = Issuer.Root("Lab-Impostor").Leaf(new LeafRequest("valid.tls.test").Name("valid.tls.test"));
        var folder = LabFiles.NewDirectory("resumption");
        var (certificate, key, session) = (Path.Combine(folder, "impostor.crt"), Path.Combine(folder, "impostor.key"), Path.Combine(folder, "session"));
        await File.WriteAllTextAsync(certificate, leaf.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(key, leaf.KeyPem);
        await using var server = lab.Net.Server.Start(["openssl", "s_server", "-accept", $"{Addresses.Tls4}:{Impostor}", "-cert", certificate, "-key", key, "-www", "-quiet"]);
        await server.WaitForPortAsync(Impostor);
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        Assert.Contains("New, ", await ConnectAsync(TlsServers.Port, $"{version} -sess_out {session}"), StringComparison.Ordinal);
        Assert.Contains("Reused, ", await ConnectAsync(TlsServers.Port, $"{version} -sess_in {session}"), StringComparison.Ordinal);
        var other = await ConnectAsync(Impostor, $"{version} -sess_in {session}");
        Assert.DoesNotContain("Reused, ", other, StringComparison.Ordinal);
        Assert.Contains("verify error", other, StringComparison.Ordinal);
    }

    // With a request, as sessions of TLS 1.3 come behind the handshake.
    private async Task<string> ConnectAsync(int port, string options) => (await lab.Client.RunAsync("sh", "-c",
        $@"printf 'GET /say/x HTTP/1.1\r\nHost: valid.tls.test\r\nConnection: close\r\n\r\n' | timeout 10 openssl s_client -ign_eof -connect {Addresses.Tls4}:{port} -CAfile {Setup.Intercept} "
        + $"-servername valid.tls.test -verify_hostname valid.tls.test -verify_return_error {options} 2>&1")).Output;
}
