using Calamary.EndToEnd.HttpProxy;

namespace Calamary.EndToEnd.Users;

/// <summary>curl and the users of an http listener.</summary>
public sealed class AuthenticationTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    private const string Page = "http://a.example.test/";
    private const string SecurePage = "https://a.example.test/";

    [Theory]
    [InlineData(Page)]
    [InlineData(SecurePage)]
    public async Task A_user_passes_and_nobody_else_does(string url)
    {
        await using var calamary = await StartAsync(await UsersAsync());
        var before = await lab.ServerConnectionsAsync();
        Assert.Equal(407, Status(await lab.ProxiedAsync(url)));
        Assert.Equal(407, Status(await lab.ProxiedAsync("-U", "alice:wrong", url)));
        Assert.Equal(407, Status(await lab.ProxiedAsync("-U", "mallory:secret", url)));
        Assert.Equal(407, Status(await lab.ProxiedAsync("-U", "ALICE:secret", url)));
        Assert.Equal(before, await lab.ServerConnectionsAsync());

        var result = await lab.ProxiedAsync("-U", "alice:secret", url);
        Assert.Equal((0, 200, WebServer.Page), (result.ExitCode, result.Status, result.Output));
        Assert.Equal(200, (await lab.ProxiedAsync("-U", "Zoë:pä:ss wörd", url)).Status);

        await calamary.Log.WaitForAsync(@"\| Refused: no valid user name and password: none were sent$");
        await calamary.Log.WaitForAsync(@"\| Refused: no valid user name and password: user alice$");
        await calamary.Log.WaitForAsync(@"\| Refused: no valid user name and password: unknown user$");
        Assert.Equal(0, calamary.Log.Count("secret|wrong|mallory|ALICE"));
        await Eventually.TrueAsync(async () => (await calamary.MetricsAsync()).FlowEnd("authentication_failed") == 4, "four are counted");
    }

    [Theory]
    [InlineData(Page)]
    [InlineData(SecurePage)]
    public async Task Who_is_asked_answers_on_the_same_connection(string url)
    {
        await using var calamary = await StartAsync(await UsersAsync());
        // curl asks first without, to see what the proxy wants.
        var result = await lab.ProxiedAsync("--proxy-anyauth", "-U", "alice:secret", url);
        Assert.Equal((200, 1), (result.Status, result.Transfers[^1].NewConnections));
        Assert.Equal(0, calamary.Log.Count("Refused"));
    }

    [Fact]
    public async Task An_upload_without_credentials_is_repeated_on_another_connection()
    {
        await using var calamary = await StartAsync(await UsersAsync());
        var file = LabFiles.NewFile("small", "small");
        var result = await lab.ProxiedAsync("--proxy-anyauth", "-U", "alice:secret", "-T", file, Page + "upload/user");
        Assert.Equal(201, result.Status);
    }

    [Fact]
    public async Task Rules_know_the_user_and_so_does_the_log()
    {
        var settings = Listening(await UsersAsync()).With("log: {format: json}")
            .Rule("{user: alice, port: 80}", "accept").Rule("{user: '!alice', port: 443}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
        Assert.Equal(403, Status(await lab.ProxiedAsync("-U", "alice:secret", SecurePage)));
        Assert.Equal(403, Status(await lab.ProxiedAsync("-U", "bob:hunter2", Page)));
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "bob:hunter2", SecurePage)));
        await calamary.Log.WaitForAsync("\"user\":\"alice\".*\"action\":\"accept\"");
        await calamary.Log.WaitForAsync("\"user\":\"bob\".*\"action\":\"drop\"|\"user\":\"bob\".*\"action\":\"deny\"");
    }

    [Fact]
    public async Task Without_users_nobody_is_asked_and_nobody_is_alice()
    {
        await using var calamary = await lab.StartAsync(Settings.Http.Rule("{user: alice}", "accept").Rule("{port: 443}", "accept"));
        Assert.Equal(403, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", SecurePage)));
    }

    [Fact]
    public async Task Credentials_end_at_the_proxy()
    {
        await using var calamary = await StartAsync(await UsersAsync(), "{port: 8080}");
        var result = await lab.ProxiedAsync("-U", "alice:secret", "http://v4.example.test:8080/");
        Assert.Equal(200, result.Status);
        Assert.Contains("host:", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("proxy-authorization", result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_reload_reads_the_file_again()
    {
        var users = await UsersAsync();
        await using var calamary = await StartAsync(users);
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
        await users.SetAsync("alice", "changed");
        await users.RemoveAsync("bob");
        // Until then the file may change as it likes.
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
        calamary.Process.Signal(PosixSignalNumber.Hangup);
        await Eventually.TrueAsync(async () => Status(await lab.ProxiedAsync("-U", "alice:secret", Page)) == 407, "the old password is dead");
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:changed", Page)));
        Assert.Equal(407, Status(await lab.ProxiedAsync("-U", "bob:hunter2", Page)));
    }

    [Fact]
    public async Task A_reload_with_a_bad_file_is_refused()
    {
        var users = await UsersAsync();
        await using var calamary = await StartAsync(users);
        await File.AppendAllTextAsync(users.FilePath, "carol:$apr1$Vb0t8Z0r$2Fm4QH1xY1E0T3c8kWb0e/\n");
        calamary.Process.Signal(PosixSignalNumber.Hangup);
        await calamary.Log.WaitForAsync(@"\| ERROR \| .*users:4:1: .*only bcrypt hashes are taken: make them with 'htpasswd -B'");
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
    }

    [Fact]
    public async Task Guessing_is_slow_and_those_who_know_do_not_notice()
    {
        await using var calamary = await StartAsync(await UsersAsync(cost: 6));
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
        var result = await lab.Client.RunAsync(
            ["/usr/bin/python3", LabFiles.Script("guess.py"), Addresses.Proxy4, $"{Settings.HttpPort}", "alice", "200"], null, 60);
        Assert.Equal("407 20\n503 180", result.Succeeded().Output);
        Assert.Equal(200, Status(await lab.ProxiedAsync("-U", "alice:secret", Page)));
        // Another source may still begin.
        Assert.Equal(200, Status(await lab.ProxiedAsync(IpFamily.IPv6, "-U", "bob:hunter2", Page)));
        Assert.Equal(503, Status(await lab.ProxiedAsync("-U", "bob:hunter3", Page)));
    }

    private static int Status(CurlResult result) => result.ConnectStatus is 0 or 200 ? result.Status : result.ConnectStatus;

    private static async Task<UsersFile> UsersAsync(int cost = 4)
    {
        var users = new UsersFile(cost);
        await users.SetAsync("alice", "secret");
        await users.SetAsync("bob", "hunter2");
        await users.SetAsync("Zoë", "pä:ss wörd");
        return users;
    }

    private static Settings Listening(UsersFile users) =>
        new Settings().Listen($"mode: http, ip4: ['0.0.0.0'], ip6: ['::'], users: '{users.FilePath}'", Settings.HttpPort);

    private Task<CalamaryProcess> StartAsync(UsersFile users, string match = "{port: [80, 443]}") =>
        lab.StartAsync(Listening(users).Rule(match, "accept"));
}
