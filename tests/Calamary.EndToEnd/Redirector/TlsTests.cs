namespace Calamary.EndToEnd.Redirector;

/// <summary>The link between redirector and proxy inside TLS.</summary>
public sealed class TlsTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly LinkCertificates Link = new();

    [Theory]
    [InlineData(IpFamily.IPv4, "")]
    [InlineData(IpFamily.IPv6, "")]
    [InlineData(IpFamily.IPv4, ", serverName: 'proxy.example.test'")]
    public async Task Flows_go_through_tls(IpFamily family, string name)
    {
        await using var proxy = await StartAsync("tls: true");
        await using var redirector = await RedirectorProcess.StartAsync(lab, await SettingsAsync(family, name));
        var web = await lab.Client.CurlAsync([.. Curl.Resolve("a.example.test", 443, Addresses.Server(family)), "https://a.example.test/"]);
        Assert.Equal((0, 200, WebServer.Page), (web.ExitCode, web.Status, web.Output));
        var half = await lab.Client.PeerAsync(Addresses.Server(family), OddServer.HalfClose, "--zeros", "100000", "--shutdown");
        Assert.StartsWith("100000 ", half.Text, StringComparison.Ordinal);
        Assert.True(half.Received > 1_000_000);
        Assert.All(proxy.Accepted(), f => Assert.Equal((Addresses.Client(family), Addresses.Server(family)), (f.Source, f.Destination)));
        Assert.Equal(2, proxy.Accepted().Count);
        Assert.Equal(0, redirector.Log.Count("is down"));
    }

    [Fact]
    public async Task Big_download_comes_through_whole()
    {
        await using var proxy = await StartAsync("tls: true");
        await using var redirector = await RedirectorProcess.StartAsync(lab, await SettingsAsync(IpFamily.IPv4));
        var target = Path.Combine(LabFiles.NewDirectory("tls"), "big.bin");
        var result = await lab.Client.CurlAsync("-o", target, $"http://{Addresses.Server4}/big.bin");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        File.Delete(target);
    }

    [Fact]
    public async Task Certificate_is_asked_for_and_shown()
    {
        await using var proxy = await StartAsync($"clientCa: '{Link.AuthorityOf("redirectors")}'");
        await using var redirector = await RedirectorProcess.StartAsync(lab, await SettingsAsync(IpFamily.IPv4, Own("redirectors")));
        Assert.Equal("x", (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x", "--leave-after", "1")).Text);
        Assert.Equal(0, redirector.Log.Count("is down"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    public async Task Redirector_without_the_right_certificate_sees_the_proxy_as_down(string own)
    {
        await using var proxy = await StartAsync($"clientCa: '{Link.AuthorityOf("redirectors")}'");
        await using var redirector = await RedirectorProcess.StartAsync(lab, await SettingsAsync(IpFamily.IPv4, own.Length == 0 ? "" : Own(own)));
        await redirector.AwaitUpAsync(ReceivingProxy.Endpoint(IpFamily.IPv4), up: false);
        await redirector.Log.WaitForAsync("is down: .*does its 'clientCa' vouch for 'tls.cert' here");
        Assert.Equal(1, await redirector.Log.CountedAsync("is down", 1));
    }

    [Fact]
    public async Task Proxy_of_another_authority_is_down()
    {
        await using var proxy = await StartAsync("tls: true");
        var settings = RedirectorSettings.To(Interception.Dnat, ReceivingProxy.Endpoint(IpFamily.IPv4)).With($"tls: {{enabled: true, ca: '{Link.AuthorityOf("nobody")}'}}");
        await using var redirector = await RedirectorProcess.StartAsync(lab, settings);
        await redirector.AwaitUpAsync(ReceivingProxy.Endpoint(IpFamily.IPv4), up: false);
        await redirector.Log.WaitForAsync("is down: TLS: .*certificate");
        Assert.Equal(0, (await lab.Client.PeerAsync(Addresses.Server4, OddServer.Echo, "--send", "x")).Received);
    }

    [Fact]
    public async Task Proxy_of_another_name_is_down()
    {
        await using var proxy = await StartAsync("tls: true");
        await using var redirector = await RedirectorProcess.StartAsync(lab, await SettingsAsync(IpFamily.IPv4, ", serverName: 'proxy.example.org'"));
        await redirector.AwaitUpAsync(ReceivingProxy.Endpoint(IpFamily.IPv4), up: false);
        await redirector.Log.WaitForAsync("is down: TLS: .*(?i)name");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tls_on_one_side_only_is_down(bool proxyHasTls)
    {
        await using var proxy = await StartAsync(proxyHasTls ? "tls: true" : "tls: false");
        var settings = proxyHasTls ? RedirectorSettings.To(Interception.Dnat, ReceivingProxy.Endpoint(IpFamily.IPv4)) : await SettingsAsync(IpFamily.IPv4);
        await using var redirector = await RedirectorProcess.StartAsync(lab, settings.With("proxyProtocol: 2"));
        await redirector.AwaitUpAsync(ReceivingProxy.Endpoint(IpFamily.IPv4), up: false);
    }

    private static string Own(string name) => $", cert: '{Link.CertificateOf(name)}', key: '{Link.KeyOf(name)}'";

    private static async Task<RedirectorSettings> SettingsAsync(IpFamily family, string more = "") =>
        RedirectorSettings.To(Interception.Dnat, ReceivingProxy.Endpoint(family))
            .With($"tls: {{enabled: true, ca: '{(await Certificates.GetAsync()).Authority}'{more}}}");

    private async Task<LabProcess> StartAsync(string listener)
    {
        var certificates = await Certificates.GetAsync();
        return await ReceivingProxy.StartAsync(lab, listener: $"{ReceivingProxy.Trusted}, {listener}",
            more: $"certs: {{serverPublic: '{certificates.Server}', serverPrivate: '{certificates.ServerKey}'}}");
    }
}
