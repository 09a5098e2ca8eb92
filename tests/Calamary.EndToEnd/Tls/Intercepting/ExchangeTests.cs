using System.Security.Cryptography;

namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>What HTTP carries besides short answers.</summary>
[Collection(TlsLab.Collection)]
public sealed class ExchangeTests(TlsLab lab)
{
    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Big_file_passes_both_ways(string version)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var folder = LabFiles.NewDirectory("download");
        var target = Path.Combine(folder, "big.bin");
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-o", target, "https://valid.tls.test/big.bin");
        Assert.Equal((0, 200), (result.ExitCode, result.Status));
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(target));
        result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, version, "-T", target, "https://valid.tls.test/upload/big.bin");
        Assert.Equal((0, true), (result.ExitCode, result.Status is 201 or 204));
        Assert.Equal(BigFile.Sha256, await BigFile.Sha256OfAsync(lab.Servers.Uploaded("big.bin")));
        File.Delete(target);
        File.Delete(lab.Servers.Uploaded("big.bin"));
    }

    [Fact]
    public async Task Expectation_is_answered_by_the_server()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var body = new string('x', 5_000_000);
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, "--http1.1", "-H", "Expect: 100-continue", "--expect100-timeout", "30",
            "--data-binary", "@" + LabFiles.NewFile("body", body), $"https://valid.tls.test:{OddTlsServer.Http}/");
        Assert.Contains($"body 5000000 {Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(body)))}", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Seconds, 0, 20);
    }

    [Fact]
    public async Task Denied_expectation_is_answered_at_once()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{method: POST}", "deny"), ("{host: valid.tls.test}", "accept")));
        var result = await lab.CurlAsync(Way.Transparent, Setup.Intercept, "--http1.1", "-H", "Expect: 100-continue", "--expect100-timeout", "30",
            "--data-binary", "@" + LabFiles.NewFile("body", new string('x', 5_000_000)), $"https://valid.tls.test:{OddTlsServer.Http}/");
        Assert.Equal(403, result.Status);
        Assert.InRange(result.Seconds, 0, 20);
    }

    [Fact]
    public async Task Chunks_and_trailers_pass_both_ways()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Http, "--authority", Setup.Intercept, "--expect", "X-After: the end",
            "--send", @"POST / HTTP/1.1\r\nHost: valid.tls.test\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\nTrailer: X-Mine\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Mine: yes\r\n\r\n");
        Assert.Equal("expected", outcome.End);
        Assert.Contains("trailer X-Mine: yes", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("body 11 ", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_of_an_answer_come_as_they_are_sent()
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync());
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Http, "--authority", Setup.Intercept, "--timeout", "2", "--expect", "part0",
            "--send", @"GET /?parts=30 HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n");
        Assert.Equal("expected", outcome.End);
    }

    [Fact]
    public async Task Long_polls_wait()
    {
        await using var calamary = await lab.StartAsync((await Setup.EverythingAsync()).With("timeout: {idle: 28000}"));
        var http = lab.CurlAsync(Way.Transparent, Setup.Intercept, $"https://valid.tls.test:{OddTlsServer.Http}/?wait=20");
        var grpc = GrpcAsync(Way.Transparent, "slow");
        Assert.Equal((0, 200), ((await http).ExitCode, (await http).Status));
        Assert.Equal("slow 2", (await grpc).Succeeded().Output);
    }

    [Theory]
    [InlineData(Way.Transparent)]
    [InlineData(Way.Http)]
    public async Task Grpc_calls_work(Way way)
    {
        await using var calamary = await lab.StartAsync(await Setup.EverythingAsync(way), way);
        Assert.Equal(["unary olleh 5", "failed FAILED_PRECONDITION as you wish", "chat 1000 1000", "big 4000000"],
            (await GrpcAsync(way, "calls")).Succeeded().Output.Split('\n'));
    }

    [Fact]
    public async Task Denied_grpc_calls_fail_in_the_terms_of_grpc()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: '/lab.Lab/Chat'}", "deny"), ("{host: valid.tls.test}", "accept")));
        Assert.Equal("unary ok, chat PERMISSION_DENIED", (await GrpcAsync(Way.Transparent, "denied")).Succeeded().Output);
    }

    [Theory]
    [InlineData("https://valid.tls.test/say/x", 2, 10_000)]
    [InlineData("https://valid.tls.test/denied", 4, 10_000)]
    public async Task Ten_thousand_streams_share_a_connection(string url, int statusClass, int count)
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: /denied}", "deny"), ("{host: valid.tls.test}", "accept")));
        var result = await lab.Client.RunAsync(["h2load", "-n", $"{count}", "-c", "1", "-m", "100", $"--connect-to={Addresses.Tls4}:443", url], null, 90);
        Assert.Matches($@"status codes: {(statusClass == 2 ? $"{count} 2xx, 0 3xx, 0 4xx" : $"0 2xx, 0 3xx, {count} 4xx")}, 0 5xx", result.Succeeded().Output);
        Assert.Matches($@"{count} done, .* 0 errored, 0 timeout", result.Output);
    }

    [Fact]
    public async Task Websocket_speaks_both_ways()
    {
        await using var calamary = await lab.StartAsync(await Setup.InsideAsync(("{path: /no}", "deny"), ("{host: valid.tls.test}", "accept")));
        Assert.Equal("echoed 303", (await WebSocketAsync("/")).Succeeded().Output);
        Assert.Equal("status 403", (await WebSocketAsync("/no")).Succeeded().Output);
    }

    private Task<CommandResult> WebSocketAsync(string path) => lab.Client.RunAsync(
        ["/usr/bin/python3", LabFiles.Script("websocket_client.py"), Addresses.Tls4, $"wss://valid.tls.test:{OddTlsServer.WebSocket}{path}", Setup.Intercept], null, 60);

    private Task<CommandResult> GrpcAsync(Way way, string scenario) => lab.Client.RunAsync(
    [
        "env", .. way == Way.Http ? new[] { $"grpc_proxy=http://{Addresses.Proxy4}:{Settings.HttpPort}" } : [], "/usr/bin/python3", LabFiles.Script("grpc_client.py"),
        way == Way.Http ? $"valid.tls.test:{OddTlsServer.Grpc}" : $"ipv4:{Addresses.Tls4}:{OddTlsServer.Grpc}", Setup.Intercept, scenario,
    ], null, 60);
}
