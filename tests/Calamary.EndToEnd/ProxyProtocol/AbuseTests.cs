namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>Senders that keep the proxy waiting.</summary>
public sealed class AbuseTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const int PooledPipes = 16;
    private static readonly byte[] Start = Headers.V1(IpFamily.IPv4, Addresses.Server4, OddServer.Echo);

    [Theory]
    [InlineData("drip")]
    [InlineData("send")]
    public async Task Unfinished_header_ends_at_the_timeout(string action)
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("timeout: {process: 600}"));
        foreach (var bytes in new[] { Start[..^2], Headers.V2(new byte[2000], 0x11)[..^1] })
        {
            var outcome = await lab.SendHeaderAsync(IpFamily.IPv4, action, bytes, "--interval", "0.2");
            Assert.Contains(outcome.End, new[] { "eof", "reset" });
            // From accept on: bytes that come now and then gain no time.
            Assert.InRange(outcome.Seconds, 0.5, 5);
        }
        await calamary.AwaitEndsAsync("handshake_timeout", 2);
    }

    [Fact]
    public async Task Header_of_a_thousand_pieces_is_taken_when_it_is_in_time()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("timeout: {process: 20000}"));
        byte[] bytes = [.. Headers.V2(IpFamily.IPv4, Addresses.Server4, OddServer.Echo, Headers.Tlv(4, new byte[1000])), .. "hello"u8];
        var outcome = await lab.SendHeaderAsync(IpFamily.IPv4, "drip", bytes, "--interval", "0.001", "--leave-after", "5");
        Assert.Equal(("left", "hello"), (outcome.End, outcome.Text));
    }

    [Fact]
    public async Task Header_cut_by_the_sender_ends()
    {
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("timeout: {process: 8000}"));
        var outcome = await lab.Client.PeerAsync(Addresses.Proxy4, ProxyProtoClient.Port, "--send", "PROXY TCP4 10.", "--shutdown");
        Assert.InRange(outcome.Seconds, 0, 5);
        await calamary.AwaitEndsAsync("client_reset");
    }

    [Fact]
    public async Task Crowd_without_headers_disturbs_nobody()
    {
        const int Crowd = 2000;
        var settings = ProxyProtoClient.AcceptAll.With("timeout: {process: 10000}", "limits: {flows: 3000}");
        await using var calamary = await lab.StartAsync(settings);
        byte[] flow = [.. Start, .. "hello"u8];
        Assert.Equal("hello", (await lab.SendHeaderAsync(flow, "--leave-after", "5")).Text);
        var descriptors = calamary.OpenDescriptors;
        await using (var crowd = lab.HoldHeaders([], Crowd))
        {
            await crowd.Output.WaitForAsync($"^opened {Crowd}", seconds: 20);
            for (var i = 0; i < 5; i++)
            {
                var outcome = await lab.SendHeaderAsync(flow, "--leave-after", "5");
                Assert.Equal("hello", outcome.Text);
                Assert.InRange(outcome.Seconds, 0, 5);
            }
            Assert.True((await calamary.MetricsAsync())["calamary_current_connections"] >= Crowd);
        }
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync())["calamary_current_connections"] == 0, "no flow is left", 20);
        await Eventually.TrueAsync(() => calamary.OpenDescriptors <= descriptors + PooledPipes, $"descriptors back to {descriptors}");
        Assert.Equal(0, (await calamary.MetricsAsync()).FlowEnd("internal_error"));
    }

    [Fact]
    public async Task Crowd_ends_at_the_timeout_by_itself()
    {
        const int Crowd = 500;
        await using var calamary = await lab.StartAsync(ProxyProtoClient.AcceptAll.With("timeout: {process: 700}"));
        await using var crowd = lab.HoldHeaders(Start[..20], Crowd);
        await crowd.Output.WaitForAsync($"^closed {Crowd}", seconds: 20);
        await calamary.AwaitEndsAsync("handshake_timeout", Crowd);
    }
}
