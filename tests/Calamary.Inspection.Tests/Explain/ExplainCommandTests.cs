using System.Text.Json;
using Calamary.Core.Tls;

namespace Calamary.Inspection.Tests.Explain;

public sealed class ExplainCommandTests
{
    [Fact]
    public async Task Each_rule_has_a_line_with_what_failed()
    {
        using var run = await ExplainRun.WithRulesAsync("""
            {match: {dest: ['10.0.0.0/8', '!10.1.0.0/16']}, action: deny, name: inside}, {match: {dns: .example.org}, action: accept},
            {match: {port: 443, protoL4: tcp}, action: accept, name: web}, {match: {}, action: deny}
            """, "--dest", "10.1.2.3", "--port", "443", "--l5", "tls");
        Assert.Equal(0, run.Code);
        Assert.Equal(
        [
            "flow: ? => 10.1.2.3:443 tcp l5=tls ech=false",
            "  rule 0 (inside) deny: ✓ dest [10.0.0.0/8], the flow has 10.1.2.3; ✗ !dest [10.1.0.0/16], the flow has 10.1.2.3",
            "  rule 1 accept: ✗ dns [.example.org], the flow has none",
            "> rule 2 (web) accept: ✓ protoL4 [tcp], the flow has tcp; ✓ port [443], the flow has 443",
            "  (1 more rule is not asked)",
            "verdict: accept by rule 2 (web)",
        ], run.Lines);
    }

    [Theory]
    [InlineData("127.0.0.1", "verdict: deny by denyAlways")]
    [InlineData("192.0.2.1", "verdict: deny by default")]
    public async Task Verdicts_without_a_rule_say_so(string destination, string verdict)
    {
        using var run = await ExplainRun.WithRulesAsync("{match: {port: 1}, action: accept}", "--dest", destination, "--port", "443");
        Assert.Equal(verdict, run.Lines[^1]);
    }

    [Fact]
    public async Task A_certificate_that_is_asked_for_is_missed()
    {
        using var run = await ExplainRun.WithRulesAsync("{match: {cert: invalid}, action: deny}, {match: {}, action: accept}", "--l5", "tls");
        Assert.Equal(["  rules ask for the server's certificate, and nothing is said of it", "verdict: accept by rule 1"], run.Lines[^2..]);
    }

    [Fact]
    public async Task For_machines_there_is_one_object()
    {
        using var run = await ExplainRun.WithRulesAsync("{match: {port: 80}, action: deny}, {match: {}, action: redirect, name: r}", "--port", "81", "--json");
        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("redirect", 1, "r", "rule 1 (r)"), (Text(root, "action"), root.GetProperty("rule").GetInt32(), Text(root, "name"), Text(root, "by")));
        var rules = root.GetProperty("addresses")[0].GetProperty("rules");
        var compared = rules[0].GetProperty("compared")[0];
        Assert.Equal(("port", "[80]", "81", false), (Text(compared, "key"), Text(compared, "values"), Text(compared, "fact"), compared.GetProperty("holds").GetBoolean()));
        Assert.True(rules[1].GetProperty("matched").GetBoolean());
    }

    [Theory]
    [InlineData("--ech", "true")]
    [InlineData("--ech false", "false")]
    public async Task Ech_may_be_a_word_alone(string arguments, string value)
    {
        using var run = await ExplainRun.WithRulesAsync($"{{match: {{ech: {value}}}, action: accept}}", arguments.Split(' '));
        Assert.Equal("verdict: accept by rule 0", run.Lines[^1]);
    }

    [Theory]
    [InlineData("", "describe a flow")]
    [InlineData("--port 99999", "--port: '99999' is no port")]
    [InlineData("--proto foo --l5 bar", "--l5: 'bar' is no protocol")]
    [InlineData("--flows x --port 1", "no other description")]
    [InlineData("--name a..b", "is no host name")]
    [InlineData("ftp://example.com/", "is no URL")]
    public async Task Wrong_usage_is_told(string arguments, string message)
    {
        using var run = await ExplainRun.WithRulesAsync("{match: {}, action: accept}", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_configuration_is_told_as_when_running()
    {
        using var run = await ExplainRun.WithRulesAsync("{match: {prt: 1}, action: accept}", "--port", "1");
        Assert.Equal(1, run.Code);
        Assert.Contains("c.yml:2:18: error: rules[0].match.prt: unknown key 'prt'; did you mean 'port'?", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_inside_an_intercepted_URL_is_judged_again()
    {
        using var run = new ExplainRun();
        var authority = InterceptionAuthority.Create(run.PathOf("ca"), null);
        var config = run.Write("c.yml", $$"""
            listen: [{mode: http}]
            certs: {interceptPublic: '{{authority.CertificateFile}}', interceptPrivate: '{{authority.KeyFile}}'}
            rules:
              - {match: {path: '/admin*'}, action: deny, name: admin}
              - {match: {protoL5: tls}, action: intercept}
              - {match: {port: 80}, action: accept}
            """);
        await run.RunAsync("-f", config, "https://example.com/x/../admin", "--dest", "192.0.2.1");
        Assert.Equal("verdict inside: deny by rule 0 (admin)", run.Lines[^1]);
        Assert.Contains("  what is inside is judged again\nverdict: intercept by rule 1\n", run.Output, StringComparison.Ordinal);
        await run.RunAsync("-f", config, "--l5", "quic", "--port", "80");
        Assert.Equal("verdict: accept by rule 2", run.Lines[^1]);
        await run.RunAsync("-f", config, "--l5", "tls", "--path", "/", "--port", "80");
        Assert.Contains("  rule 1 intercept: passed over, there is nothing (more) to decrypt", run.Lines);
        Assert.Equal("verdict: accept by rule 2", run.Lines[^1]);
    }

    [Fact]
    public async Task Intercept_is_passed_over_where_there_is_nothing_to_decrypt()
    {
        using var run = new ExplainRun();
        var authority = InterceptionAuthority.Create(run.PathOf("ca"), null);
        var config = run.Write("c.yml", $$"""
            listen: [{mode: http}]
            certs: {interceptPublic: '{{authority.CertificateFile}}', interceptPrivate: '{{authority.KeyFile}}'}
            rules: [{match: {port: 1}, action: deny}, {match: {}, action: intercept}, {match: {port: 80}, action: accept}]
            """);
        await run.RunAsync("-f", config, "--port", "80", "--l5", "http");
        Assert.Equal(
        [
            "  rule 0 deny: ✗ port [1], the flow has 80",
            "  rule 1 intercept: passed over, there is nothing (more) to decrypt",
            "> rule 2 accept: ✓ port [80], the flow has 80",
            "verdict: accept by rule 2",
        ], run.Lines[1..]);
        await run.RunAsync("-f", config, "--port", "80", "--l5", "quic");
        Assert.Equal(["  QUIC and DTLS are not intercepted", "verdict: deny by rule 1"], run.Lines[^2..]);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
