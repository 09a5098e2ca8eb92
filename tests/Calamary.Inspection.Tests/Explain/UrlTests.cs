namespace Calamary.Inspection.Tests.Explain;

/// <summary>A URL is the flow that a client makes for it; its host is looked up as the proxy would.</summary>
public sealed class UrlTests
{
    [Theory]
    [InlineData("https://Example.com/x", "flow: ? => 192.0.2.1:443 tcp l5=tls sni=example.com alpn=h2,http/1.1 tls_version=1.3 ech=false")]
    [InlineData("http://example.com:8080/", "flow: ? => 192.0.2.1:8080 tcp l5=http")]
    [InlineData("https://192.0.2.7/", "flow: ? => 192.0.2.1:443 tcp l5=tls alpn=h2,http/1.1 tls_version=1.3 ech=false")]
    [InlineData("http://example.com/ --listener http", "flow: ? => 192.0.2.1:80 tcp l5=http name=example.com listener=http")]
    [InlineData("https://example.com/ --sni other.example", "flow: ? => 192.0.2.1:443 tcp l5=tls sni=other.example alpn=h2,http/1.1 tls_version=1.3 ech=false")]
    public async Task A_stated_address_is_taken(string arguments, string flow)
    {
        using var run = await ExplainRun.WithRulesAsync("{match: {}, action: accept}", [.. arguments.Split(' '), "--dest", "192.0.2.1"]);
        Assert.Equal(flow, run.Lines[0]);
    }

    [Fact]
    public async Task Every_address_of_a_name_is_judged()
    {
        using var nameserver = new TinyNameserver([192, 0, 2, 1], [127, 0, 0, 1], [198, 51, 100, 1]);
        using var run = new ExplainRun();
        var config = Configure(run, nameserver, "{match: {dest: 198.51.100.0/24}, action: deny}, {match: {}, action: accept}");
        await run.RunAsync("-f", config, "https://example.com/");
        Assert.Equal(3, run.Lines.Count(static line => line.StartsWith("flow: ", StringComparison.Ordinal)));
        Assert.Equal(["  dialled: 192.0.2.1", "verdict: accept by rule 1"], run.Lines[^2..]);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_has_no_verdict()
    {
        using var nameserver = new TinyNameserver();
        using var run = new ExplainRun();
        var config = Configure(run, nameserver, "{match: {dest: 198.51.100.0/24}, action: deny}, {match: {}, action: accept}");
        await run.RunAsync("-f", config, "https://example.com/", "--listener", "http");
        Assert.Equal(1, run.Code);
        Assert.Equal("no verdict: example.com does not resolve: there is no such name, or it has no addresses", run.Lines[^1]);
        await run.RunAsync("-f", config, "https://example.com/", "--json");
        Assert.Contains("\"error\":\"example.com does not resolve", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_by_name_asks_no_nameserver()
    {
        using var nameserver = new TinyNameserver();
        using var run = new ExplainRun();
        var config = Configure(run, nameserver, "{match: {dns: .example.com}, action: deny}");
        await run.RunAsync("-f", config, "--name", "www.example.com", "--port", "443");
        Assert.Equal("verdict: deny by rule 0", run.Lines[^1]);
        Assert.Equal(0, nameserver.Questions);
    }

    private static string Configure(ExplainRun run, TinyNameserver nameserver, string rules) => run.Write("c.yml",
        $"listen: [{{mode: http}}]\ndnsNameservers: ['{nameserver.Endpoint}']\ntimeout: {{dnsLookup: 10000}}\nrules: [{rules}]");
}
