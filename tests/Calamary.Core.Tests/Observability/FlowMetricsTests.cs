using System.Text;
using Calamary.Core.Observability;
using Calamary.Core.Rules;

namespace Calamary.Core.Tests.Observability;

public class FlowMetricsTests
{
    private static readonly ProtocolId Tls = new("tls", "TLS", true);
    private static readonly ProtocolId Http = new("http", "HTTP");

    [Fact]
    public async Task The_example_of_the_manual()
    {
        var metrics = new FlowMetrics("1.2.3");
        var rules = new Ruleset(4);
        metrics.ResetRules(rules);
        var shard = metrics.AddShard();
        var other = metrics.AddShard();
        Decide(shard, rules, Tls, TlsVersion.Tls12, Rule(RuleAction.Accept, 3));
        Decide(other, rules, Tls, TlsVersion.Tls12, Rule(RuleAction.Accept, 3));
        Decide(shard, rules, Http, TlsVersion.None, Rule(RuleAction.Accept, 3));
        for (var i = 0; i < 3; i++) shard.FlowStarted();
        shard.Bytes(1000, 10_000);
        shard.FlowEnded(EndReason.Completed, 760, 2707);
        other.FlowEnded(EndReason.UpstreamReset);
        var text = await Scrape(metrics);
        foreach (var line in new[]
        {
            "calamary_bytes_rcv 12707",
            "calamary_bytes_sent 1760",
            "calamary_current_connections 1",
            "calamary_req_protoL3{protocol=\"IPv4\"} 3",
            "calamary_req_protoL3{protocol=\"IPv6\"} 0",
            "calamary_req_protoL5{protocol=\"HTTP\"} 1",
            "calamary_req_protoL5{protocol=\"TLS\"} 2",
            "calamary_req_tcp 3",
            "calamary_req_udp 0",
            "calamary_req_tls_version{version=\"1.2\"} 2",
            "calamary_req_tls_version{version=\"none\"} 1",
            "calamary_rule_actions{action=\"accept\"} 3",
            "calamary_rule_actions{action=\"deny\"} 0",
            "calamary_rule_actions{action=\"redirect\"} 0",
            "calamary_rule_hits{ruleId=\"0\"} 3",
            "calamary_rule_hits{ruleId=\"3\"} 3",
            "calamary_rule_matches{ruleId=\"3\"} 3",
            "calamary_flow_end{reason=\"completed\"} 1",
            "calamary_flow_end{reason=\"upstream_reset\"} 1",
            "calamary_flow_end{reason=\"denied_by_default\"} 0",
            "calamary_build_info{version=\"1.2.3\"} 1",
            "calamary_log_lines_dropped 0",
        })
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("calamary_rule_matches{ruleId=\"0\"}", text, StringComparison.Ordinal);
        Assert.Contains("process_cpu_seconds_total", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_after_the_deciding_one_were_not_evaluated()
    {
        var metrics = new FlowMetrics("1");
        var rules = new Ruleset(3);
        metrics.ResetRules(rules);
        var shard = metrics.AddShard();
        Decide(shard, rules, Tls, TlsVersion.Tls13, Rule(RuleAction.Deny, 0));
        Decide(shard, rules, Tls, TlsVersion.Tls13, Rule(RuleAction.Redirect, 1));
        Decide(shard, rules, Tls, TlsVersion.Tls13, Verdict.DeniedByDefault);
        Decide(shard, rules, Tls, TlsVersion.Tls13, new Verdict(RuleAction.Deny, VerdictBasis.DenyAlways));
        Decide(shard, rules, Tls, TlsVersion.Tls13, new Verdict(RuleAction.Deny, VerdictBasis.Loop));
        Assert.Equal(
        [
            "calamary_rule_actions{action=\"accept\"} 0",
            "calamary_rule_actions{action=\"deny\"} 4",
            "calamary_rule_actions{action=\"intercept\"} 0", "calamary_rule_actions{action=\"limit\"} 0",
            "calamary_rule_actions{action=\"redirect\"} 1",
            "calamary_rule_hits{ruleId=\"0\"} 3",
            "calamary_rule_hits{ruleId=\"1\"} 2",
            "calamary_rule_hits{ruleId=\"2\"} 1",
            "calamary_rule_matches{ruleId=\"0\"} 1",
            "calamary_rule_matches{ruleId=\"1\"} 1",
        ], Samples(await Scrape(metrics), "calamary_rule_"));
    }

    [Fact]
    public async Task A_new_ruleset_starts_at_zero_and_old_flows_do_not_count_there()
    {
        var metrics = new FlowMetrics("1");
        var shard = metrics.AddShard();
        var old = new Ruleset(5);
        metrics.ResetRules(old);
        Decide(shard, old, Tls, TlsVersion.Tls13, Rule(RuleAction.Accept, 4));
        await Scrape(metrics);
        var current = new Ruleset(5);
        metrics.ResetRules(current);
        Decide(shard, old, Tls, TlsVersion.Tls13, Rule(RuleAction.Accept, 4));
        Decide(shard, current, Tls, TlsVersion.Tls13, Rule(RuleAction.Accept, 0));
        var text = await Scrape(metrics);
        Assert.Equal(["calamary_rule_hits{ruleId=\"0\"} 1"], Samples(text, "calamary_rule_hits"));
        Assert.Equal(["calamary_rule_matches{ruleId=\"0\"} 1"], Samples(text, "calamary_rule_matches"));
        Assert.Contains("calamary_rule_actions{action=\"accept\"} 3", Samples(text, "calamary_rule_actions"));
    }

    [Fact]
    public async Task What_was_not_known_has_its_own_labels()
    {
        var metrics = new FlowMetrics("1");
        var shard = metrics.AddShard();
        var rules = new Ruleset(0);
        shard.Decided(new FlowFacts { Source = LogCapture.Endpoint("2001:db8::1", 1), Transport = TransportProtocol.Udp },
            Verdict.DeniedByDefault, rules);
        var text = await Scrape(metrics);
        Assert.Contains("calamary_req_protoL3{protocol=\"IPv6\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("calamary_req_protoL5{protocol=\"unknown\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("calamary_req_tls_version{version=\"none\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("calamary_req_udp 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Durations_keep_count_sum_and_bucket()
    {
        var metrics = new FlowMetrics("1");
        var shard = metrics.AddShard();
        shard.DialTime(TimeSpan.FromMilliseconds(10));
        await Scrape(metrics);
        shard.DialTime(TimeSpan.FromMilliseconds(20));
        metrics.AddShard().DialTime(TimeSpan.FromMilliseconds(24));
        shard.DialTime(TimeSpan.FromSeconds(60));
        shard.DnsTime(TimeSpan.FromSeconds(-1));
        shard.DecisionTime(TimeSpan.FromMicroseconds(100));
        var text = await Scrape(metrics);
        var dial = Samples(text, "calamary_dial_seconds");
        Assert.Contains("calamary_dial_seconds_count 4", dial);
        var sum = dial.Single(line => line.StartsWith("calamary_dial_seconds_sum ", StringComparison.Ordinal)).Split(' ')[1];
        Assert.Equal(60.054, double.Parse(sum, System.Globalization.CultureInfo.InvariantCulture), 6);
        Assert.Contains("calamary_dial_seconds_bucket{le=\"0.005\"} 0", dial);
        Assert.Contains("calamary_dial_seconds_bucket{le=\"0.01\"} 1", dial);
        Assert.Contains("calamary_dial_seconds_bucket{le=\"0.025\"} 3", dial);
        Assert.Contains("calamary_dial_seconds_bucket{le=\"10\"} 3", dial);
        Assert.Contains("calamary_dial_seconds_bucket{le=\"+Inf\"} 4", dial);
        Assert.Contains("calamary_decision_seconds_bucket{le=\"0.0001\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("calamary_dns_seconds_count 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenMetrics_ends_with_EOF_and_keeps_the_names()
    {
        var metrics = new FlowMetrics("1", () => 7);
        metrics.AddShard().Bytes(5, 6);
        var text = await Scrape(metrics, openMetrics: true);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        // A counter of OpenMetrics must end with _total; what must not is declared unknown.
        Assert.Contains("# TYPE calamary_bytes_sent unknown\ncalamary_bytes_sent 5.0\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE calamary_log_lines_dropped unknown\ncalamary_log_lines_dropped 7.0\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousands_of_rules_and_overlapping_scrapes()
    {
        var metrics = new FlowMetrics("1");
        var rules = new Ruleset(10_000);
        metrics.ResetRules(rules);
        var shard = metrics.AddShard();
        for (var i = 0; i < rules.Count; i++) Decide(shard, rules, Tls, TlsVersion.Tls13, Rule(RuleAction.Accept, i));
        var texts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Scrape(metrics)));
        Assert.All(texts, text =>
        {
            Assert.Contains("calamary_rule_hits{ruleId=\"0\"} 10000\n", text, StringComparison.Ordinal);
            Assert.Contains("calamary_rule_hits{ruleId=\"9999\"} 1\n", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var metrics = new FlowMetrics("1");
        var rules = new Ruleset(10);
        metrics.ResetRules(rules);
        var shard = metrics.AddShard();
        Decide(shard, rules, Tls, TlsVersion.Tls13, Rule(RuleAction.Accept, 1));
        var facts = LogCapture.Flow();
        facts.Protocol = Tls;
        var before = GC.GetAllocatedBytesForCurrentThread();
        shard.FlowStarted();
        shard.Decided(facts, Rule(RuleAction.Accept, 1), rules);
        shard.DialTime(TimeSpan.FromMilliseconds(1));
        shard.FlowEnded(EndReason.Completed, 1, 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Verdict Rule(RuleAction action, int rule) => new(action, VerdictBasis.Rule, rule);

    private static void Decide(MetricsShard shard, IRuleSet rules, ProtocolId protocol, TlsVersion version, Verdict verdict)
    {
        var facts = LogCapture.Flow();
        facts.Known = FactStages.All;
        facts.Protocol = protocol;
        if (version != TlsVersion.None) facts.Tls = new TlsHello { Version = version };
        shard.Decided(facts, verdict, rules);
    }

    private static async Task<string> Scrape(FlowMetrics metrics, bool openMetrics = false)
    {
        using var output = new MemoryStream();
        await metrics.WriteAsync(output, openMetrics, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string[] Samples(string text, string prefix) =>
        [.. text.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private sealed class Ruleset(int count) : IRuleSet
    {
        public int Count => count;

        public bool ComparesDestination => false;

        public bool TryDecide(in FlowFacts facts, out Verdict verdict, IRuleTrace? trace = null) => throw new NotSupportedException();
    }
}
