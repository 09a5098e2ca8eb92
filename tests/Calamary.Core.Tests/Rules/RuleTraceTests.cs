using Calamary.Core.Rules;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

public class RuleTraceTests
{
    [Fact]
    public void Comparisons_are_told_as_in_the_manual()
    {
        var rules = new RuleSet([
            Rule(RuleAction.Deny, ("dest", ["192.168.100.0/24"])),
            Rule(RuleAction.Deny, ("port", ["!443", "!80"])),
            Rule(RuleAction.Accept, ("protoL4", ["tcp"]), ("port", ["443", "80"]), ("dest", ["!10.0.0.0/8", "!172.16.0.0/12"])),
        ]);
        Assert.Equal(
            [
                "Rule 0 - DNet: [192.168.100.0/24] vs 135.181.170.219 No",
                "Rule 1 - !DPort: [443 80] vs 80 No",
                "Rule 2 - Proto L4: [tcp] vs tcp Yes",
                "Rule 2 - DPort: [443 80] vs 80 Yes",
                "Rule 2 - !DNet: [10.0.0.0/8 172.16.0.0/12] vs 135.181.170.219 Yes",
                "Rule 2 - Applying action 'Accept'",
            ],
            Trace(rules, Flow("135.181.170.219", 80)));
    }

    [Fact]
    public void Both_signs_are_told_apart()
    {
        Assert.Equal(
            ["Rule 0 - Dns: [.example.com] vs a.example.com Yes", "Rule 0 - !Dns: [a.example.com] vs a.example.com No"],
            Trace(new([Rule(RuleAction.Accept, ("dns", [".example.com", "!a.example.com"]))]), TlsFlow("a.example.com")));
    }

    [Fact]
    public void Unknown_and_absent_facts_have_their_marks()
    {
        var rules = new RuleSet([Rule(RuleAction.Accept, ("dns", ["a.example"])), Rule(RuleAction.Deny, ("ech", ["!true"]))]);
        Assert.Equal(["Rule 0 - Dns: [a.example] vs ? Unknown"], Trace(rules, Flow().BeforePayload()));
        Assert.Equal(
            ["Rule 0 - Dns: [a.example] vs - No", "Rule 1 - !Ech: [true] vs - Yes", "Rule 1 - Applying action 'Deny'"],
            Trace(rules, Flow()));
    }

    [Fact]
    public void Every_criterion_has_its_name()
    {
        (string Key, string Value, string Expected)[] table =
        [
            ("src", "::1", "SNet: [::1] vs 192.0.2.1 No"),
            ("sport", "1", "SPort: [1] vs 50000 No"),
            ("protoL3", "ip6", "Proto L3: [ip6] vs ip4 No"),
            ("protoL5", "http", "Proto L5: [http] vs tls No"),
            ("encrypted", "no", "Encrypted: [no] vs true No"),
            ("alpn", "h3", "Alpn: [h3] vs [h2 http/1.1] No"),
            ("tlsVersion", "<1.2", "TlsVersion: [<1.2] vs 1.3 No"),
            ("ech", "true", "Ech: [true] vs false No"),
            ("cert", "valid", "Cert: [valid] vs expired 2026-01-02 CN=a.example No"),
            ("host", "*.a.example", "Host: [*.a.example] vs a.example No"),
            ("path", "/x*", "Path: [/x*] vs / No"),
            ("method", "post", "Method: [post] vs GET No"),
            ("listener", "http", "Listener: [http] vs transparent:4128 No"),
        ];
        foreach (var (key, value, expected) in table)
        {
            var flow = TlsFlow("a.example", "h2", "http/1.1");
            flow.Certificate = new(CertificateFaults.Expired, false, "expired 2026-01-02 CN=a.example");
            flow.Request = new("GET", "a.example", "/");
            Assert.Equal(["Rule 0 - " + expected], Trace(new([Rule(RuleAction.Accept, (key, [value]))]), flow));
        }
    }

    [Fact]
    public void Long_lists_are_cut()
    {
        var ports = Enumerable.Range(1, 21).Select(p => $"{p}").ToArray();
        Assert.Equal(
            ["Rule 0 - DPort: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 …] vs 443 No"],
            Trace(new([Rule(RuleAction.Accept, ("port", ports))]), Flow()));
        Assert.DoesNotContain("…", Trace(new([Rule(RuleAction.Accept, ("port", ports[..20]))]), Flow())[0], StringComparison.Ordinal);
    }

    private static List<string> Trace(RuleSet rules, FlowFacts flow)
    {
        var trace = new RecordingTrace();
        var decided = rules.TryDecide(flow, out var verdict, trace);
        Assert.Equal(decided, rules.TryDecide(flow, out var silent));
        Assert.Equal(silent, verdict);
        return trace.Lines;
    }

    private sealed class RecordingTrace : IRuleTrace
    {
        public List<string> Lines { get; } = [];

        public void Compared(int rule, string criterion, string values, string actual, Truth outcome) =>
            Lines.Add($"Rule {rule} - {criterion}: {values} vs {actual} {outcome}");

        public void Applied(int rule, RuleAction action) => Lines.Add($"Rule {rule} - Applying action '{action}'");
    }
}
