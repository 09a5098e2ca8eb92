namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>The lab without a proxy: what clients see then is what the tests of the proxy compare with.</summary>
[Collection(TlsLab.Collection)]
public sealed class LabSelfTests(TlsLab lab)
{
    [Fact]
    public async Task Clients_refuse_exactly_the_bad_certificates()
    {
        await lab.Net.InterceptAsync(Interception.None);
        foreach (var certificate in Pki.Instance.All)
        {
            var outcome = await lab.TlsGetAsync(Way.Transparent, certificate.Host, TlsServers.Port, "--authority", Pki.Instance.Root);
            // OpenSSL takes a common name where there are no other names; RFC 9525, section 6.3, does not.
            var isAccepted = certificate.Flaw == CertificateFlaw.None || certificate.Kind == "commonname";
            // Python wants a name for an address.
            if (certificate.Kind != "address")
                Assert.True(isAccepted == outcome.Text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), $"{certificate.Kind}: {outcome.Error}");
        }
    }

    [Fact]
    public async Task Odd_servers_answer()
    {
        await lab.Net.InterceptAsync(Interception.None);
        Assert.Equal("abc", (await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Echo, "--send", "abc", "--expect", "abc")).Text);
        Assert.Equal("220 ready\r\n", (await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Greet, "--expect", "\n")).Text);
        Assert.Equal("h2", (await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Grpc, "--alpn", "h2")).Alpn);
        Assert.StartsWith("HTTP/1.1 200", (await lab.TlsGetAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Recorder)).Text, StringComparison.Ordinal);
    }
}
