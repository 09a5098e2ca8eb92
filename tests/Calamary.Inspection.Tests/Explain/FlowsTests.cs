namespace Calamary.Inspection.Tests.Explain;

public sealed class FlowsTests
{
    private const string Rules = "{match: {port: 443}, action: accept, name: web}, {match: {dest: 10.0.0.0/8}, action: deny}";

    [Fact]
    public async Task Every_flow_has_its_line()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """
            {"port":443}

            {"dest":"10.0.0.1"}
            {"dest":"127.0.0.1","port":443}
            {}
            """, "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(
        [
            """{"action":"accept","rule":0,"name":"web"}""", """{"action":"deny","rule":1,"name":null}""",
            """{"action":"deny","rule":null,"name":null}""", """{"action":"deny","rule":null,"name":null}""",
        ], run.Lines);
    }

    [Fact]
    public async Task For_people_lines_have_flow_and_verdict()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """
            {"src":"192.0.2.1","sport":5000,"dest":"2001:db8::1","port":443,"proto":"tcp","l5":"tls","sni":"example.com","alpn":["h2"],"tls_version":"1.3","ech":false}
            {"dest":"169.254.1.1"}
            """);
        Assert.Equal(
        [
            "1: 192.0.2.1 port 5000 => [2001:db8::1]:443 tcp l5=tls sni=example.com alpn=h2 tls_version=1.3 ech=false: accept by rule 0 (web)",
            "2: ? => 169.254.1.1: deny by denyAlways",
        ], run.Lines);
    }

    [Fact]
    public async Task Met_expectations_are_counted()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """
            {"port":443,"expect":"allow","expect_rule":0}
            {"dest":"10.0.0.1","expect":"drop"}
            {"expect_rule":null}
            {"port":443,"expect":null}
            """);
        Assert.Equal(0, run.Code);
        Assert.Equal("4 flows, 3 of 3 expectations met", run.Lines[^1]);
    }

    [Fact]
    public async Task Mismatches_are_listed_with_their_line()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """
            {"port":443,"expect":"deny"}

            {"port":80,"expect":"accept","expect_rule":0}
            {"port":443,"expect_rule":null}
            {"port":443,"expect_rule":7}
            """);
        Assert.Equal(1, run.Code);
        Assert.Equal(
        [
            "flows.jsonl:1: expected deny, got accept by rule 0 (web)",
            "flows.jsonl:3: expected accept by rule 0, got deny by default; rule 0 does not match: port [443], the flow has 80",
            "flows.jsonl:4: expected by no rule, got accept by rule 0 (web)",
            "flows.jsonl:5: expected by rule 7, got accept by rule 0 (web); there are 2 rules",
            "4 flows, 0 of 4 expectations met",
        ], run.Lines[4..]);
    }

    [Fact]
    public async Task For_machines_mismatches_are_apart()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """{"port":443,"expect":"deny"}""", "--json");
        Assert.Equal((1, 1), (run.Code, run.Lines.Length));
        Assert.Contains("flows.jsonl:1: expected deny", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_is_reported_and_lines_stay_aligned()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """
            {"prt":443,"port":65536,"ech":1,"cert":["valid","expired"],"alpn":[1],"src":5}
            {"port":443}
            {"port":
            [1]
            {"port":443} x
            {"port":443,"port":80}
            {"expect":"alow","expect_rule":-1,"dest":"a.example","l5":"htpp","host":"a b","method":"","user":"","listener":"http:x"}
            """, "--json");
        Assert.Equal(1, run.Code);
        Assert.Equal(7, run.Lines.Length);
        Assert.Equal("""{"action":"accept","rule":0,"name":"web"}""", run.Lines[1]);
        Assert.Equal(6, run.Lines.Count(static line => line.StartsWith("""{"error":""", StringComparison.Ordinal)));
        Assert.Contains("flows.jsonl:1: error: unknown key 'prt'; did you mean 'port'?", run.Errors, StringComparison.Ordinal);
        Assert.Contains("flows.jsonl:7: error: l5: 'htpp' is no protocol", run.Errors, StringComparison.Ordinal);
        Assert.Equal([6, 1, 1, 1, 1, 8], ((int[])[1, 3, 4, 5, 6, 7]).Select(line => run.Errors.Split($"flows.jsonl:{line}: ").Length - 1));
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"sni\":\"\\udc00\"}")]
    public async Task Strings_that_are_no_text_are_mistakes(string flow)
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, flow);
        Assert.Equal(1, run.Code);
        Assert.StartsWith("flows.jsonl:1: error: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_flow_says_moves_no_cursor()
    {
        using var run = await ExplainRun.WithFlowsAsync(Rules, """{"user":"\u001b[2Ja"}""");
        Assert.Contains("user=\\u001b[2Ja", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_no_text_is_an_error()
    {
        using var run = new ExplainRun();
        var config = run.Write("c.yml", "listen: [{mode: http}]\nrules: [{match: {}, action: accept}]");
        await run.RunAsync("-f", config, "--flows", run.PathOf("none.jsonl"));
        Assert.Equal(1, run.Code);
        Assert.Contains("does not exist", run.Errors, StringComparison.Ordinal);
        File.WriteAllBytes(run.PathOf("b.jsonl"), [(byte)'{', 0xFF, (byte)'}']);
        await run.RunAsync("-f", config, "--flows", run.PathOf("b.jsonl"));
        Assert.Equal(1, run.Code);
        Assert.Contains("is not UTF-8 text", run.Errors, StringComparison.Ordinal);
    }
}
