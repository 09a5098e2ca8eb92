namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>QUIC cannot be intercepted: the browser is to come by TCP.</summary>
[Collection(TlsLab.Collection)]
public sealed class QuicTests(TlsLab lab)
{
    private const string Name = "a.example.test";

    [Fact]
    public async Task Browser_that_is_offered_http3_stays_with_http2()
    {
        await using var caddy = await CaddyServer.StartAsync(lab.Net.Server);
        await Firewall.CountDatagramsAsync(lab.Net.Server, 443);
        var pki = Pki.Instance;
        var settings = Settings.Udp.With($"certs: {{caPublic: '{pki.Trusted}', interceptPublic: '{pki.Intercept}', interceptPrivate: '{pki.InterceptKey}'}}")
            .Rule("{port: 443, protoL5: [tls, quic]}", "intercept").Rule($"{{host: {Name}}}", "accept");
        await using var calamary = await lab.Net.StartUdpAsync(settings);
        var home = await Chromium.HomeAsync(lab.Client, pki.Intercept);
        var loads = await lab.Client.LoadAsync(home, Name, Addresses.Quic4, 4);
        Assert.All(loads, load => Assert.Equal(("h2", "a by HTTP/2.0"), (load.Protocol, load.Text)));
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.4:443 \| Denied by rule 0");
        Assert.Equal(0, await Firewall.CountedDatagramsAsync(lab.Net.Server));
    }
}
