namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>Programs that people use, on both sides.</summary>
[Collection(TlsLab.Collection)]
public sealed class PeerTests(TlsLab lab)
{
    private const int OpenSsl = 4471;

    [Theory]
    [InlineData(Way.Transparent)]
    [InlineData(Way.Http)]
    public async Task Wget_downloads(Way way)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        Assert.Equal(WebServer.Page, (await NamedAsync(way, $"wget -q -O - --ca-certificate={Setup.Intercept} https://valid.tls.test/")).Succeeded().Output);
        const int verificationFailure = 5;
        Assert.Equal(verificationFailure, (await NamedAsync(way, $"wget -q -O - --ca-certificate={Setup.Intercept} https://expired.tls.test/")).ExitCode);
        Assert.Equal(verificationFailure, (await NamedAsync(way, $"wget -q -O - --ca-certificate={Setup.Root} https://valid.tls.test/")).ExitCode);
    }

    [Theory]
    [InlineData(Way.Transparent)]
    [InlineData(Way.Http)]
    public async Task Python_downloads(Way way)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        var script = LabFiles.NewFile("get.py", """
            import ssl, sys, urllib.request
            try:
                print(urllib.request.urlopen(sys.argv[1], context=ssl.create_default_context(cafile=sys.argv[2]), timeout=20).read().decode())
            except OSError as error:
                print(error)
            """);
        Assert.Equal(WebServer.Page, (await NamedAsync(way, $"/usr/bin/python3 {script} https://valid.tls.test/ {Setup.Intercept}")).Succeeded().Output);
        foreach (var bad in new[] { "selfsigned", "wrongname", "notyet" })
            Assert.Contains("CERTIFICATE_VERIFY_FAILED", (await NamedAsync(way, $"/usr/bin/python3 {script} https://{bad}.tls.test/ {Setup.Intercept}")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Way.Transparent)]
    [InlineData(Way.Http)]
    public async Task Git_clones_and_pushes(Way way)
    {
        await StartGitAsync();
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        var folder = LabFiles.NewDirectory("clone");
        // libcurl 7.88 to 8.2 sends parts of an HTTP/2 upload twice when its socket is full, with a server of any kind (curl pull request 11342).
        var git = $"git -c user.name=lab -c user.email=lab@example.test -c http.version=HTTP/1.1";
        var name = $"{way}";
        (await NamedAsync(way, $"cd {folder} && {git} clone -q https://git.tls.test/git/lab.git && cd lab && sha256sum -c sum && head -c 3000000 /dev/urandom > {name} "
            + $"&& git add . && {git} commit -qm {name} && {git} push -q origin HEAD")).Succeeded();
        Assert.Contains(name, (await lab.Net.Server.RunAsync("git", "-C", lab.Servers.GitRoot + "/lab.git", "log", "--format=%s")).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await NamedAsync(way, $"{git} ls-remote https://expired.tls.test/git/lab.git")).ExitCode);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_verifies(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var client = $"openssl s_client -connect {Addresses.Tls4}:443 -CAfile {Setup.Intercept} -verify_return_error {version} -alpn h2";
        var good = await lab.Client.RunAsync("sh", "-c", $"{client} -servername valid.tls.test -verify_hostname valid.tls.test </dev/null 2>&1");
        Assert.Contains("Verify return code: 0 (ok)", good.Output, StringComparison.Ordinal);
        Assert.Contains("ALPN protocol: h2", good.Output, StringComparison.Ordinal);
        foreach (var bad in new[] { "expired", "notyet", "wrongname", "selfsigned", "unknown", "nochain" })
        {
            var refused = await lab.Client.RunAsync("sh", "-c", $"{client} -servername {bad}.tls.test -verify_hostname {bad}.tls.test </dev/null 2>&1");
            Assert.Contains("verify error", refused.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nghttp_reuses_its_connection()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: '/say/no'}", "deny"), ("{host: valid.tls.test}", "accept")));
        var result = await NamedAsync(Way.Transparent, "nghttp -ns https://valid.tls.test/say/1 https://valid.tls.test/say/no https://valid.tls.test/say/2");
        Assert.Matches(@"(?s)\b200\b.*/say/|/say/", result.Succeeded().Output);
        foreach (var (path, status) in new[] { ("1", 200), ("no", 403), ("2", 200) }) Assert.Matches($@"\b{status}\b.*/say/{path}\b", result.Output);
    }

    [Fact]
    public async Task Caddy_is_a_server_like_others()
    {
        await using var caddy = await CaddyServer.StartAsync(lab.Net.Server);
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        foreach (var (version, said) in new[] { ("--http1.1", "a by HTTP/1.1"), ("--http2", "a by HTTP/2.0") })
        {
            var result = await lab.Client.CurlAsync(
                [.. Curl.Resolve("a.example.test", 443, Addresses.Quic4), "--cacert", Setup.Intercept, version, "https://a.example.test/"]);
            Assert.Equal((0, said), (result.ExitCode, result.Output));
        }
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_server_is_a_server_like_others(string version)
    {
        var shown = Pki.Instance["valid"];
        await using var server = lab.Net.Server.Start(
            ["openssl", "s_server", "-accept", $"{Addresses.Tls4}:{OpenSsl}", "-cert", shown.Chain, "-cert_chain", shown.Chain, "-key", shown.Key, "-www", "-quiet", version]);
        await server.WaitForPortAsync(OpenSsl);
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, $"https://valid.tls.test:{OpenSsl}/");
        Assert.Equal((0, 200), (result.ExitCode, result.Status));
        Assert.Contains("s_server", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chromium_shows_pages_and_refuses_bad_certificates()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var home = await Chromium.HomeAsync(lab.Client, Setup.Intercept);
        var loads = await lab.Client.LoadAsync(home, "valid.tls.test", Addresses.Tls4, 2, "--disable-quic");
        Assert.All(loads, load => Assert.Equal(("h2", WebServer.Page), (load.Protocol, load.Text)));
        foreach (var (bad, error) in new[] { ("expired", "net::ERR_CERT_"), ("wrongname", "net::ERR_CERT_"), ("unknown", "net::ERR_CERT_AUTHORITY_INVALID") })
        {
            var load = Assert.Single(await lab.Client.LoadAsync(home, $"{bad}.tls.test", Addresses.Tls4, 1, "--disable-quic"));
            Assert.StartsWith(error, load.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>A shell command whose names resolve, or whose programs are told to use the proxy.</summary>
    private Task<CommandResult> NamedAsync(Way way, string command)
    {
        var hosts = LabFiles.NewFile("hosts", string.Concat(
            Pki.Instance.All.Select(certificate => certificate.Host).Append("git.tls.test").Select(host => $"{Addresses.Tls4} {host}\n")));
        // "ip netns exec" has given the command a mount namespace of its own.
        var environment = way == Way.Http ? $"export https_proxy=http://{Addresses.Proxy4}:{Settings.HttpPort}" : $"mount --bind {hosts} /etc/hosts";
        return lab.Client.RunAsync(["sh", "-c", $"{environment} && export HOME=/nonexistent GIT_SSL_CAINFO={Setup.Intercept} && {command}"], null, 60);
    }

    private async Task StartGitAsync()
    {
        if (Directory.Exists(Path.Combine(lab.Servers.GitRoot, "lab.git"))) return;
        (await lab.Net.Server.RunAsync(["sh", "-ec", """
            git init -q --bare lab.git
            git -C lab.git config http.receivepack true
            git -C lab.git config safe.directory '*'
            git clone -q lab.git work 2>/dev/null
            cd work
            head -c 3000000 /dev/urandom > noise
            sha256sum noise > sum
            git add .
            git -c user.name=lab -c user.email=lab@example.test commit -qm first
            git push -q origin HEAD
            """], null, directory: lab.Servers.GitRoot)).Succeeded();
        var fcgiwrap = lab.Net.Server.Start(["fcgiwrap", "-f", "-s", "unix:" + lab.Servers.GitSocket]);
        lab.Keep(fcgiwrap);
        await Eventually.TrueAsync(() => File.Exists(lab.Servers.GitSocket), "fcgiwrap listens");
    }
}
