namespace Calamary.EndToEnd.Socks5;

/// <summary>Users, and the listener inside TLS.</summary>
public sealed class SocksUserTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private static readonly string Proxy = $"{Addresses.Proxy4}:{SocksClients.Port}";

    [Fact]
    public async Task Right_password_passes()
    {
        await using var calamary = await StartAsync();
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(200, (await GetAsync("-x", $"socks5h://alice:s3cret@{Proxy}")).Status);
        var ncat = await lab.Client.RunAsync(
            ["ncat", "--proxy-type", "socks5", "--proxy", Proxy, "--proxy-auth", "alice:s3cret", Addresses.Server4, $"{OddServer.Greet}"], null);
        Assert.StartsWith("220 ready", ncat.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_compare_the_user()
    {
        var settings = new Settings().Listen($"mode: socks5, ip4: ['0.0.0.0'], users: '{await UsersAsync()}'", SocksClients.Port).Rule("{user: alice}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        Assert.Equal(200, (await GetAsync("-x", $"socks5h://alice:s3cret@{Proxy}")).Status);
        Assert.Contains("(2)", (await GetAsync("-x", $"socks5h://carol:0ther@{Proxy}")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice:wrong")]
    [InlineData("alice:")]
    [InlineData("bob:s3cret")]
    [InlineData("Alice:s3cret")]
    public async Task Wrong_password_is_refused(string user)
    {
        await using var calamary = await StartAsync();
        var before = await lab.ServerConnectionsAsync();
        var result = await GetAsync("-x", $"socks5h://{user}@{Proxy}");
        Assert.Contains("rejected", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await lab.ServerConnectionsAsync());
        await calamary.EndedAsync("authentication_failed");
    }

    [Fact]
    public async Task Client_without_a_user_gets_no_method()
    {
        await using var calamary = await StartAsync();
        Assert.NotEqual(0, (await GetAsync("-x", $"socks5h://{Proxy}")).ExitCode);
        Assert.Equal("05FF eof", await lab.RawSocksAsync(@"\x05\x01\x00"));
        // Nor does it get past by asking before it is told.
        Assert.Equal("05FF eof", await lab.RawSocksAsync(@"\x05\x01\x00\x05\x01\x00\x01\x0a\x4d\x02\x02\x00\x50"));
        Assert.Equal("0502 eof", (await lab.RawSocksAsync(@"\x05\x02\x00\x02\x05\x01\x00\x01\x0a\x4d\x02\x02\x00\x50")).Replace("reset", "eof", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(@"\x05\x01\x02\x01\x05alice", "0502 eof", "handshake_timeout")]
    [InlineData(@"\x05\x01\x02\x01\x00\x00", "05020101 eof", "authentication_failed")]
    [InlineData(@"\x05\x01\x02\x01\x05alice\x07s3cret\x00", "05020101 eof", "authentication_failed")]
    [InlineData(@"\x05\x01\x02\x01\x05alice\x06s3cret\x05\x02\x00\x01\x0a\x4d\x02\x02\x00\x50", "0502010005070001000000000000 eof", "command_not_supported")]
    public async Task Odd_credentials(string bytes, string answer, string reason)
    {
        await using var calamary = await StartAsync();
        Assert.Equal(answer, (await lab.RawSocksAsync(bytes)).Replace("reset", "eof", StringComparison.Ordinal));
        await calamary.EndedAsync(reason);
    }

    [Fact]
    public async Task Inside_tls()
    {
        var certificates = await Certificates.GetAsync();
        var settings = new Settings().Listen($"mode: socks5, udp: true, tls: true, ip4: ['0.0.0.0'], users: '{await UsersAsync()}'", SocksClients.Port)
            .With($"certs: {{serverPublic: '{certificates.Server}', serverPrivate: '{certificates.ServerKey}'}}").Rule("{port: 80}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        // No client of the lab speaks SOCKS inside TLS itself.
        await using var tunnel = lab.Client.Start(["ncat", "-k", "-l", "127.0.0.1", "1080", "--sh-exec", $"ncat --ssl {Addresses.Proxy4} {SocksClients.Port}"]);
        await tunnel.WaitForPortAsync(1080);
        Assert.Equal(200, (await GetAsync("-x", "socks5h://alice:s3cret@127.0.0.1:1080")).Status);
        Assert.NotEqual(0, (await GetAsync("-x", "socks5h://alice:wrong@127.0.0.1:1080")).ExitCode);
        Assert.NotEqual(0, (await GetAsync("-x", $"socks5h://alice:s3cret@{Proxy}")).ExitCode);
    }

    [Fact]
    public async Task Datagrams_beside_tls()
    {
        var certificates = await Certificates.GetAsync();
        var settings = new Settings().Listen("mode: socks5, udp: true, tls: true, ip4: ['0.0.0.0']", SocksClients.Port)
            .With($"certs: {{serverPublic: '{certificates.Server}', serverPrivate: '{certificates.ServerKey}'}}").Rule($"{{port: {SocksClients.Echo}}}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        await using var echo = await lab.StartUdpEchoAsync();
        await using var tunnel = lab.Client.Start(["ncat", "-k", "-l", "127.0.0.1", "1080", "--sh-exec", $"ncat --ssl {Addresses.Proxy4} {SocksClients.Port}"]);
        await tunnel.WaitForPortAsync(1080);
        var target = $"{Addresses.Server4},{SocksClients.Echo}";
        var result = await lab.Client.RunAsync("/usr/bin/python3", LabFiles.Script("socks_udp.py"), "127.0.0.1", "1080", "echo", target);
        Assert.Equal($"relay {Addresses.Proxy4}\n{target} same {target.Length + 3} from {target}", result.Output);
    }

    private static async Task<string> UsersAsync()
    {
        var file = Path.Combine(LabFiles.NewDirectory("users"), "users");
        File.WriteAllText(file, "");
        foreach (var (user, password) in new[] { ("alice", "s3cret"), ("carol", "0ther") })
        {
            await using var htpasswd = LabProcess.Start(["htpasswd", "-B", "-C", "5", "-b", file, user, password]);
            Assert.Equal(0, await htpasswd.WaitForExitAsync());
        }
        return file;
    }

    private Task<CurlResult> GetAsync(params string[] arguments) => lab.Client.CurlAsync([.. arguments, $"http://{Addresses.Server4}/"]);

    private async Task<CalamaryProcess> StartAsync() => await lab.StartAsync(
        new Settings().Listen($"mode: socks5, ip4: ['0.0.0.0'], users: '{await UsersAsync()}'", SocksClients.Port).With("timeout: {process: 1000}")
            .Rule($"{{port: [80, {OddServer.Greet}]}}", "accept"));
}
