namespace Calamary.EndToEnd.Tls.Intercepting;

/// <summary>What is inside need not be HTTP.</summary>
[Collection(TlsLab.Collection)]
public sealed class OtherProtocolTests(TlsLab lab)
{
    private const string Process = "timeout: {process: 700}";

    [Fact]
    public async Task Unknown_bytes_pass_by_a_rule_for_unknown()
    {
        await using var calamary = await StartAsync("{protoL5: unknown, dns: valid.tls.test}");
        var outcome = await lab.TlsAsync(
            Way.Transparent, "valid.tls.test", OddTlsServer.Echo, "--authority", Setup.Intercept, "--send", @"\x00\x01\x02what is this", "--expect", "what is this");
        Assert.Equal(("expected", true), (outcome.End, outcome.IsIntercepted));
    }

    [Fact]
    public async Task Unknown_bytes_are_denied_where_only_http_is_accepted()
    {
        await using var calamary = await StartAsync("{protoL5: http}");
        var from = lab.Odd.Events.Snapshot().Count;
        var outcome = await lab.TlsAsync(
            Way.Transparent, "valid.tls.test", OddTlsServer.Echo, "--authority", Setup.Intercept, "--send", @"\x00\x01\x02what is this", "--expect", "what is this");
        Assert.Equal("", outcome.Text);
        Assert.DoesNotContain(lab.Odd.Events.Snapshot().Skip(from), line => line.StartsWith("echo ", StringComparison.Ordinal));
        await calamary.Log.WaitForAsync($@"=> 10\.77\.2\.5:{OddTlsServer.Echo} \| Denied by default");
    }

    [Fact]
    public async Task Server_that_speaks_first_passes_by_a_rule_for_unknown()
    {
        await using var calamary = await StartAsync("{protoL5: unknown}");
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Greet, "--authority", Setup.Intercept, "--expect", "220 ready");
        Assert.Equal(("expected", true), (outcome.End, outcome.IsIntercepted));
    }

    [Fact]
    public async Task Server_that_speaks_first_says_nothing_without_one()
    {
        await using var calamary = await StartAsync("{protoL5: http}");
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Greet, "--authority", Setup.Intercept, "--expect", "220 ready");
        Assert.Equal("", outcome.Text);
        Assert.Contains(outcome.End, new[] { "eof", "reset", "alert" });
    }

    /// <summary>Rules for HTTP must not be passed by that which only begins like it, or comes behind it.</summary>
    [Fact]
    public async Task Bytes_behind_an_http_request_are_a_request()
    {
        await using var calamary = await StartAsync("{host: valid.tls.test}");
        var outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Echo, "--authority", Setup.Intercept, "--timeout", "3",
            "--send", @"GET / HTTP/1.1\r\nHost: valid.tls.test\r\n\r\n\x00\x01secret", "--expect", "secret");
        Assert.DoesNotContain("secret", outcome.Text, StringComparison.Ordinal);
    }

    private async Task<CalamaryProcess> StartAsync(string match) => await lab.StartAsync((await Setup.InsideAsync((match, "accept"))).With(Process));
}
