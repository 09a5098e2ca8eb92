namespace Calamary.EndToEnd.Socks5;

public sealed class SocksConnectTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Theory]
    [InlineData(IpFamily.IPv4, "a.example.test")]
    [InlineData(IpFamily.IPv6, "a.example.test")]
    [InlineData(IpFamily.IPv4, "v6.example.test")]
    [InlineData(IpFamily.IPv4, Addresses.Server4)]
    [InlineData(IpFamily.IPv6, "[" + Addresses.Server6 + "]")]
    public async Task Names_and_addresses_pass(IpFamily family, string host)
    {
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule("{port: 443}", "accept"));
        var result = await lab.SocksAsync("socks5h", family, $"https://{host}/");
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        await calamary.Log.WaitForAsync($@"\| INFO \| forward \| {Addresses.Client(family)} => \S+:443 \| Accept");
    }

    [Theory]
    [InlineData(Addresses.Server4)]
    [InlineData(Addresses.Server6)]
    public async Task Names_that_the_client_resolves_pass(string address)
    {
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule($"{{dest: '{address}'}}", "accept"));
        var result = await lab.SocksAsync("socks5", IpFamily.IPv4, [.. Curl.Resolve("a.example.test", 443, address), "https://a.example.test/"]);
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
    }

    [Fact]
    public async Task Name_of_the_request_is_what_rules_judge()
    {
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule("{dns: a.example.test}", "accept"));
        Assert.Equal(200, (await lab.SocksAsync("https://a.example.test/")).Status);
        var before = await lab.ServerConnectionsAsync();
        Assert.Contains("(2)", (await lab.SocksAsync("https://b.example.test/")).Error, StringComparison.Ordinal);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Name_of_the_hello_is_what_rules_judge_when_they_look_inside()
    {
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule("{dns: a.example.test, protoL5: tls}", "accept"));
        Assert.Equal(200, (await lab.SocksAsync("https://a.example.test/")).Status);
        var before = await lab.ServerConnectionsAsync();
        // The request's name is the allowed one, the hello's the other.
        Assert.NotEqual(0, (await lab.SocksAsync("--connect-to", "b.example.test:443:a.example.test:443", "https://b.example.test/")).ExitCode);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
    }

    [Fact]
    public async Task Big_file_passes()
    {
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule("{port: 443}", "accept"));
        var target = Path.Combine(LabFiles.NewDirectory("download"), "big.bin");
        Assert.Equal(200, (await lab.SocksAsync("-o", target, "https://a.example.test/big.bin")).Status);
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        File.Delete(target);
    }

    [Fact]
    public async Task All_messages_in_one_segment_with_data_behind()
    {
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule("{port: 7001}", "accept"));
        var outcome = await lab.Client.PeerAsync(
            Addresses.Proxy4, SocksClients.Port, "--send", @"\x05\x01\x00\x05\x01\x00\x01\x0a\x4d\x02\x02\x1b\x59EARLY", "--shutdown");
        Assert.Matches(@"^\x05\x00\x05\x00\x00\x01\x0a\x4d\x02\x01..EARLY$", outcome.Text);
    }

    [Fact]
    public async Task Server_first_protocol_passes()
    {
        await using var calamary = await lab.StartAsync(
            SocksClients.Listener.With("timeout: {process: 5000}").Rule($"{{port: {OddServer.Greet}}}", "accept"));
        var outcome = await lab.Client.PeerAsync(
            Addresses.Proxy4, SocksClients.Port, "--send", @"\x05\x01\x00\x05\x01\x00\x01\x0a\x4d\x02\x02\x1b\x5c", "--timeout", "1");
        Assert.EndsWith("220 ready\r\n", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ssh_through_ncat()
    {
        await lab.StartSshAsync();
        await using var calamary = await lab.StartAsync(SocksClients.Listener.Rule($"{{port: {SshServer.Port}}}", "accept"));
        var result = await lab.Client.RunAsync(
            "ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "IdentityAgent=none", "-o", "IdentityFile=/dev/null", "-p", $"{SshServer.Port}",
            "-o", $"ProxyCommand=ncat --proxy-type socks5 --proxy {Addresses.Proxy4}:{SocksClients.Port} %h %p", "nobody@v4.example.test");
        await lab.StopLastAsync();
        Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
    }
}
