namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>Each request inside is judged for itself.</summary>
[Collection(TlsLab.Collection)]
public sealed class RequestTests(TlsLab lab)
{
    private const string Site = "https://valid.tls.test";

    public static TheoryData<string> Versions { get; } = ["--http1.1", "--http2"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Denied_ones_leave_the_connection_to_the_others(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: '/say/no*'}", "deny"), ("{host: valid.tls.test}", "accept")));
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-i",
            $"{Site}/say/1", $"{Site}/say/no", $"{Site}/say/2", $"{Site}/say/nono", $"{Site}/say/3");
        Assert.Equal([(200, 1), (403, 0), (200, 0), (403, 0), (200, 0)], result.Transfers.Select(transfer => (transfer.Status, transfer.NewConnections)));
        Assert.Contains("GET /say/3", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /say/no", result.Output, StringComparison.Ordinal);
        Assert.Matches("(?is) 403 .*content-type: text/", result.Output);
        await calamary.Log.WaitForAsync(@"10\.77\.1\.2 => 10\.77\.2\.5:443 \| Denied by rule 0.*/say/no");
    }

    /// <summary>HTTP/1.1 only: over HTTP/2 Debian's curl takes the RST_STREAM with NO_ERROR behind an early answer (RFC 9113 §8.1) for a failure, of any server.</summary>
    [Fact]
    public async Task Denied_bodies_do_not_harm_the_connection()
    {
        const string version = "--http1.1";
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{method: POST}", "deny"), ("{host: valid.tls.test}", "accept")));
        var body = LabFiles.NewFile("body", new string('x', 3_000_000));
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "--data-binary", "@" + body, $"{Site}/say/1", "--next",
            "--connect-to", $"::{Addresses.Tls4}:", "--cacert", Setup.Intercept, version, "-w", @"%{stderr}\n@%{http_code} %{http_connect} %{num_connects} %{time_total}\n", $"{Site}/say/2");
        Assert.Equal([403, 200], result.Transfers.Select(transfer => transfer.Status));
    }

    [Theory]
    [InlineData("/denied/x")]
    [InlineData("/%64enied/x")]
    [InlineData("/a/../denied/x")]
    [InlineData("/a/%2e%2e/denied/x")]
    [InlineData("/a/.%2E/%64%65nied/x")]
    [InlineData("/./denied/x?q=1")]
    [InlineData("/denied%2fx")]
    [InlineData("/../denied/x")]
    public async Task Path_is_compared_as_the_server_reads_it(string path)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: '/denied/*'}", "deny"), ("{host: valid.tls.test}", "accept")));
        foreach (var version in new[] { "--http1.1", "--http2" })
            Assert.Equal(403, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "--path-as-is", Site + path)).Status);
    }

    [Theory]
    [InlineData("/say/?q=/denied/x")]
    [InlineData("/say/denied/x")]
    [InlineData("/say/%2564enied")]
    [InlineData("/say/a%20b%C3%A4;x=1?a=%2f&b")]
    public async Task Other_paths_reach_the_server_as_they_were_sent(string path)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: '/denied/*'}", "deny"), ("{host: valid.tls.test}", "accept")));
        foreach (var version in new[] { "--http1.1", "--http2" })
        {
            var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "--path-as-is", Site + path);
            Assert.Equal((200, "GET " + path), (result.Status, result.Output));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Methods_are_told_apart(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{method: [GET, HEAD], host: valid.tls.test}", "accept")));
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, $"{Site}/")).Status);
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "--head", $"{Site}/")).Status);
        foreach (var method in new[] { "POST", "DELETE", "PROPFIND" })
            Assert.Equal(403, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-X", method, $"{Site}/")).Status);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Host_that_is_not_the_sni_is_seen(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{host: front.tls.test}", "deny"), ("{dns: valid.tls.test, protoL5: http}", "accept")));
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-H", "Host: front.tls.test", $"{Site}/");
        Assert.Equal(403, result.Status);
        result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-H", "Host: FRONT.tls.test:443", $"{Site}/");
        Assert.Equal(403, result.Status);
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, $"{Site}/")).Status);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Inside_it_is_encrypted_http(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{protoL5: http, encrypted: true, dns: valid.tls.test}", "accept")));
        Assert.Equal(200, (await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, $"{Site}/")).Status);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_no_rule_accepts_is_denied(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{host: elsewhere.test}", "accept")));
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, $"{Site}/");
        Assert.Equal(403, result.Status);
        Assert.NotEqual("", result.Output);
        await calamary.Log.WaitForAsync(@"=> 10\.77\.2\.5:443 \| Denied by default");
    }

    [Theory]
    [InlineData(@"GET /say/ HTTP/1.1\r\n\r\n")]
    [InlineData(@"GET /say/ HTTP/1.1\r\nHost: valid.tls.test\r\nHost: front.tls.test\r\n\r\n")]
    [InlineData(@"POST /say/ HTTP/1.1\r\nHost: valid.tls.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(@"POST /say/ HTTP/1.1\r\nHost: valid.tls.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef")]
    [InlineData(@"GET /say/ HTTP/1.1\r\nHost: valid.tls.test\r\nX: a\r\n b\r\n\r\n")]
    [InlineData(@"GET /say/ HTTP/1.1\r\nHost: valid.tls.test\r\nTransfer-Encoding : chunked\r\n\r\n")]
    [InlineData(@"GET /say/\x01 HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n")]
    public async Task Ambiguous_requests_do_not_reach_the_server(string request)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{protoL5: http}", "accept")));
        var from = lab.Odd.Events.Snapshot().Count;
        var outcome = await lab.TlsAsync(
            Way.Transparent, "valid.tls.test", OddTlsServer.Http, "--authority", Setup.Intercept, "--alpn", "http/1.1", "--send", request, "--timeout", "3");
        Assert.DoesNotContain("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(lab.Odd.Events.Snapshot().Skip(from), line => line.StartsWith("request ", StringComparison.Ordinal));
    }

    /// <summary>The second request on a connection must not hide behind the first.</summary>
    [Fact]
    public async Task Pipelined_requests_are_judged_one_by_one()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: '/say/no'}", "deny"), ("{host: valid.tls.test}", "accept")));
        var get = (string path, string more) => $@"GET {path} HTTP/1.1\r\nHost: valid.tls.test\r\n{more}\r\n";
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", TlsServers.Port, "--authority", Setup.Intercept,
            "--send", get("/say/1", "") + get("/say/no", "") + get("/say/2", @"Connection: close\r\n"));
        Assert.Contains("GET /say/1", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 403", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /say/no", outcome.Text, StringComparison.Ordinal);
    }
}
