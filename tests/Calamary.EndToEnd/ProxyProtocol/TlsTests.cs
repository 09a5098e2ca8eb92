namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>Headers inside TLS, from senders that prove who they are.</summary>
public sealed class TlsTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4, "send")]
    [InlineData(IpFamily.IPv6, "drip")]
    public async Task Sender_with_a_certificate_is_served(IpFamily family, string action)
    {
        await using var calamary = await StartAsync("clientCa");
        foreach (var header in new[]
        {
            Headers.V1(family, Addresses.Server(family), OddServer.Echo),
            Headers.V2(family, Addresses.Server(family), OddServer.Echo, Headers.Tlv(4, new byte[40])),
        })
        {
            var outcome = await lab.SendHeaderAsync(family, action, [.. header, .. "hello"u8],
                [.. await CertifiedAsync(), "--leave-after", "5", "--interval", "0.001"]);
            Assert.Equal(("left", "hello"), (outcome.End, outcome.Text));
        }
        Assert.Equal(2, await calamary.Log.CountedAsync($@"\| {Headers.Behind(family)} => .*:7001 \| Accept", 2));
    }

    [Fact]
    public async Task Header_of_several_records_is_taken()
    {
        await using var calamary = await StartAsync("clientCa");
        byte[] header = Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, Headers.Tlv(4, new byte[16384 - 16 - 12 - 3]));
        var outcome = await lab.SendHeaderAsync(
            [.. header, .. "hello"u8], [.. await CertifiedAsync(), "--zeros", "100000", "--leave-after", "100005"]);
        Assert.Equal(("left", 100_005), (outcome.End, outcome.Received));
    }

    [Fact]
    public async Task Without_clientCa_no_certificate_is_asked_for()
    {
        await using var calamary = await StartAsync("tls");
        var outcome = await lab.SendHeaderAsync(
            [.. Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8], [.. await TrustingAsync(), "--leave-after", "5"]);
        Assert.Equal("hello", outcome.Text);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("of others")]
    public async Task Sender_without_a_good_certificate_is_refused(string certificate)
    {
        await using var calamary = await StartAsync("clientCa");
        string[] options = certificate == "none" ? await TrustingAsync() : [.. await TrustingAsync(), .. await StrangerAsync()];
        var before = await lab.ServerConnectionsAsync();
        var outcome = await lab.SendHeaderAsync([.. Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8], options);
        Assert.Contains(outcome.End, new[] { "eof", "reset", "alert" });
        await calamary.AwaitEndsAsync("tls_handshake_failed");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Header_before_TLS_is_refused()
    {
        await using var calamary = await StartAsync("clientCa");
        var outcome = await lab.SendHeaderAsync([.. Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo), .. "hello"u8]);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        await calamary.AwaitEndsAsync("tls_handshake_failed");
    }

    [Fact]
    public async Task Silence_inside_TLS_ends_at_the_timeout()
    {
        await using var calamary = await StartAsync("clientCa", "timeout: {process: 800}");
        Assert.Contains((await lab.SendHeaderAsync([], await CertifiedAsync())).End, new[] { "eof", "reset" });
        // No TLS either.
        Assert.Contains((await lab.SendHeaderAsync([])).End, new[] { "eof", "reset" });
        await calamary.AwaitEndsAsync("handshake_timeout", 2);
    }

    [Fact]
    public async Task HAProxy_puts_its_header_inside_TLS_in_two_steps()
    {
        var certificates = await Certificates.GetAsync();
        var pair = LabFiles.NewFile("haproxy.pem", File.ReadAllText(certificates.Server) + File.ReadAllText(certificates.ServerKey));
        await using var calamary = await StartAsync("clientCa");
        await Senders.AddAddressesAsync(lab);
        await using var haproxy = await Senders.StartHaProxyAsync(lab, IpFamily.IPv4, "127.0.0.1:9000", "send-proxy-v2", $"""
            listen secure
              bind 127.0.0.1:9000
              server calamary {Addresses.Proxy4}:{ProxyProtoClient.Port} ssl verify required ca-file {certificates.Authority} verifyhost proxy.example.test crt {pair}
            """);
        var result = await Senders.GetAsync(lab, IpFamily.IPv4);
        Assert.Equal((200, WebServer.Page), (result.Status, result.Output));
        await calamary.Log.WaitForAsync($@"\| {Headers.Behind4} => {Addresses.Server4}:443 \| Accept");
    }

    private static async Task<string[]> TrustingAsync() => ["--authority", (await Certificates.GetAsync()).Authority];

    /// <summary>The server's own certificate is good for a client as well.</summary>
    private static async Task<string[]> CertifiedAsync()
    {
        var certificates = await Certificates.GetAsync();
        return [.. await TrustingAsync(), "--certificate", certificates.Server, "--key", certificates.ServerKey];
    }

    private static async Task<string[]> StrangerAsync()
    {
        var folder = LabFiles.NewDirectory("stranger");
        await using var openssl = LabProcess.Start(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=Lab-CA",
                "-keyout", "key", "-out", "crt"], directory: folder);
        Assert.Equal(0, await openssl.WaitForExitAsync());
        return ["--certificate", Path.Combine(folder, "crt"), "--key", Path.Combine(folder, "key")];
    }

    private async Task<CalamaryProcess> StartAsync(string key, params string[] more)
    {
        var certificates = await Certificates.GetAsync();
        var tls = key == "clientCa" ? $"clientCa: '{certificates.Authority}'" : "tls: true";
        return await lab.StartAsync(ProxyProtoClient.Listener($"trusted: ['10.77.1.0/24', 'fd77:1::/64'], {tls}")
            .With([$"certs: {{serverPublic: '{certificates.Server}', serverPrivate: '{certificates.ServerKey}'}}", .. more])
            .Rule("{port: 1-65535}", "accept"));
    }
}
