namespace Calamary.EndToEnd.HttpProxy;

public sealed class ConnectTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4, "a.example.test")]
    [InlineData(IpFamily.IPv6, "a.example.test")]
    [InlineData(IpFamily.IPv4, "v4.example.test")]
    [InlineData(IpFamily.IPv6, "v6.example.test")]
    [InlineData(IpFamily.IPv4, Addresses.Server4)]
    [InlineData(IpFamily.IPv4, "[" + Addresses.Server6 + "]")]
    public async Task Allowed_by_port_passes(IpFamily family, string host)
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 443}", "accept"));
        var result = await lab.ProxiedAsync(family, $"https://{host}/");
        Assert.Equal((0, 200, 200, WebServer.Page), (result.ExitCode, result.ConnectStatus, result.Status, result.Output));
        await calamary.Log.WaitForAsync($@"\| INFO \| forward \| {Addresses.Client(family)} => \S+:443 \| Accept");
    }

    [Fact]
    public async Task Denied_by_port_gets_403_at_once()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.With("timeout: {process: 5000}").Rule("{port: 443}", "accept"));
        var before = await lab.ServerConnectionsAsync();
        var result = await lab.ProxiedAsync("https://a.example.test:8443/");
        Assert.Equal(403, result.ConnectStatus);
        Assert.True(result.Seconds < 1, $"took {result.Seconds} s");
        await calamary.Log.WaitForAsync(@"\| Denied by default");
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Name_of_the_hello_is_what_rules_judge()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{dns: a.example.test, protoL5: tls}", "accept"));
        Assert.Equal(200, (await lab.ProxiedAsync("https://a.example.test/")).Status);
        var before = await lab.ServerConnectionsAsync();
        var denied = await lab.ProxiedAsync("https://b.example.test/");
        Assert.NotEqual(0, denied.ExitCode);
        // Asked for the allowed name, says the other in the hello.
        var hidden = await lab.ProxiedAsync("--connect-to", "b.example.test:443:a.example.test:443", "https://b.example.test/");
        Assert.NotEqual(0, hidden.ExitCode);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Hello_sent_together_with_the_request_is_not_lost()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 7001}", "accept"));
        var outcome = await lab.Client.PeerAsync(
            Addresses.Proxy4, Settings.HttpPort, "--send", @"CONNECT v4.example.test:7001 HTTP/1.1\r\nHost: v4.example.test:7001\r\n\r\nEARLY", "--shutdown");
        Assert.Matches(@"^HTTP/1\.1 200 [^\r]*\r\n([^\r]+\r\n)*\r\nEARLY$", outcome.Text);
    }

    [Fact]
    public async Task Server_first_protocol_passes_through_connect()
    {
        await using var calamary = await lab.StartAsync(
            Settings.Http.With("timeout: {process: 5000}").Rule($"{{port: {OddServer.Greet}}}", "accept"));
        var outcome = await lab.Client.PeerAsync(
            Addresses.Proxy4, Settings.HttpPort, "--send", $@"CONNECT v4.example.test:{OddServer.Greet} HTTP/1.1\r\nHost: x\r\n\r\n", "--timeout", "1");
        Assert.EndsWith("\r\n\r\n220 ready\r\n", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Big_file_passes_both_ways()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{port: 443}", "accept"));
        var target = Path.Combine(LabFiles.NewDirectory("download"), "big.bin");
        Assert.Equal(200, (await lab.ProxiedAsync("-o", target, "https://a.example.test/big.bin")).Status);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        Assert.Equal(201, (await lab.ProxiedAsync("-T", target, "https://a.example.test/upload/connect")).Status);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(lab.Web.Uploaded("connect")));
        File.Delete(target);
        File.Delete(lab.Web.Uploaded("connect"));
    }
}
