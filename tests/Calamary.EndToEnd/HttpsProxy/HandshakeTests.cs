using System.Globalization;

namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>TLS handshakes that go wrong, or nowhere.</summary>
public sealed class HandshakeTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData("-alpn h2,http/1.1", "ALPN protocol: http/1.1")]
    [InlineData("", "No ALPN negotiated")]
    [InlineData("-tls1_2", "New, TLSv1.2")]
    [InlineData("-tls1_3", "New, TLSv1.3")]
    public async Task This_is_spoken(string options, string said)
    {
        await using var calamary = await StartAsync();
        Assert.Contains(said, await lab.SClientAsync(options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_1 -cipher DEFAULT@SECLEVEL=0")]
    [InlineData("-alpn h2")]
    public async Task What_is_not_spoken_is_refused_and_counted(string options)
    {
        await using var calamary = await StartAsync();
        Assert.Contains("alert", await lab.SClientAsync(options), StringComparison.Ordinal);
        await calamary.AwaitEndsAsync("tls_handshake_failed", 1);
    }

    [Theory]
    [InlineData(@"GET http://a.example.test/ HTTP/1.1\r\nHost: a.example.test\r\n\r\n")]
    [InlineData(@"\x16\x03\x01\xff\xff\x01\xff\xff\xff")]
    [InlineData(@"SSH-2.0-x\r\n")]
    public async Task What_is_no_tls_is_closed_and_counted(string bytes)
    {
        await using var calamary = await StartAsync();
        var outcome = await lab.Client.PeerAsync(Addresses.Proxy4, HttpsProxyClient.Port, "--send", bytes);
        Assert.Contains(outcome.End, new[] { "eof", "reset" });
        Assert.DoesNotContain("HTTP", outcome.Text, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () =>
        {
            var metrics = await calamary.MetricsAsync();
            return metrics.FlowEnd("tls_handshake_failed") + metrics.FlowEnd("handshake_timeout") == 1;
        }, "it is counted");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 0)]
    [InlineData(1, 10)]
    public async Task Two_thousand_unfinished_handshakes_end_in_time_and_hinder_nobody(int prefix, int bytesPerSecond)
    {
        await using var calamary = await StartAsync("timeout: {process: 4000}");
        Assert.Equal(200, (await lab.SecurelyProxiedAsync("https://a.example.test/")).Status);
        var descriptors = calamary.OpenDescriptors;
        await using var crowd = lab.Client.Start(
            ["/usr/bin/python3", "-u", LabFiles.Script("half_open.py"), Addresses.Proxy4, $"{HttpsProxyClient.Port}", "2000", $"{prefix}", $"{bytesPerSecond}"]);
        await crowd.Output.WaitForAsync("^opened 2000$", seconds: 30);
        Assert.Equal(200, (await lab.SecurelyProxiedAsync("https://a.example.test/")).Status);
        var closed = (await crowd.Output.WaitForAsync("^closed ", seconds: 30)).Split(' ');
        Assert.Equal("2000", closed[1]);
        Assert.InRange(double.Parse(closed[2], CultureInfo.InvariantCulture), 3, 10);
        await calamary.AwaitEndsAsync("handshake_timeout", 2000);
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= descriptors + 8, "no descriptor leaks");
        Assert.Equal(200, (await lab.SecurelyProxiedAsync("https://a.example.test/")).Status);
    }

    private async Task<CalamaryProcess> StartAsync(params string[] service) =>
        await lab.StartAsync((await HttpsProxyClient.SettingsAsync()).With(service).Rule("{port: 443}", "accept"));
}
