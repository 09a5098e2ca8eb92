using Calamary.Core.Rules;
using CsCheck;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

public class RulePropertyTests
{
    /// <summary>125,000 rulesets of 8 flows each: a million cases.</summary>
    [Theory]
    [InlineData(int.MaxValue, 25_000)]
    [InlineData(0, 100_000)]
    public void The_engine_agrees_with_the_naive_evaluation(int minIndexed, int rulesets) =>
        Gen.Select(RuleGenerators.Rules, RuleGenerators.Flows.Array[8]).Sample((rules, flows) =>
        {
            var compiled = Compile(rules, minIndexed);
            foreach (var flow in flows)
            {
                var decided = compiled.TryDecide(ToFacts(flow), out var verdict);
                var expected = NaiveRules.Decide(rules, flow);
                Assert.Equal(expected, decided ? verdict.Rule : null);
                if (expected >= 0) Assert.Equal(rules[expected.Value].Action, verdict.Action);
            }
        }, iter: rulesets, print: t => Print(t.Item1));

    [Fact]
    public void Many_rules_searched_together_decide_as_one_by_one() =>
        Gen.Select(RuleGenerators.Rules.Array[40].Select(static some => some.SelectMany(static rules => rules).ToArray()), RuleGenerators.Flows.Array[50]).Sample((rules, flows) =>
        {
            var (together, oneByOne) = (Compile(rules), Compile(rules, int.MaxValue));
            foreach (var flow in flows)
            {
                var facts = ToFacts(flow);
                Assert.Equal(oneByOne.TryDecide(facts, out var expected), together.TryDecide(facts, out var verdict));
                Assert.Equal(expected, verdict);
            }
        }, iter: 300);

    [Fact]
    public void More_facts_never_undo_a_verdict() =>
        Gen.Select(RuleGenerators.Rules, RuleGenerators.Flows).Sample((rules, flow) =>
        {
            // Where the host was requested, the verdict may fall on it; the hello's name is another fact then.
            if (flow.Host is not null) flow = flow with { Sni = null };
            var compiled = Compile(rules);
            if (!compiled.TryDecide(ToFacts(flow), out var early)) return;
            Assert.True(compiled.TryDecide(ToFacts(flow with { KnowsDestination = true, KnowsPayload = true, KnowsCert = true }), out var late));
            Assert.Equal(early, late);
        }, iter: 10_000);

    private static RuleSet Compile(NaiveRule[] rules, int minIndexed = 0) => new([.. rules.Select(r => Rule(r.Action, r.Match))], minIndexed);

    private static FlowFacts ToFacts(NaiveFlow flow)
    {
        var facts = Flow(flow.Dest, (ushort)flow.Port, flow.Src, (ushort)flow.Sport);
        facts.ListenerMode = flow.Mode;
        facts.ListenerPort = (ushort)flow.ListenerPort;
        facts.RequestedHost = flow.Host;
        facts.User = flow.User;
        facts.Protocol = flow.L5 switch { "tls" => RuleBuilder.Tls, "http" => Http, _ => ProtocolId.Unknown };
        if (flow.L5 == "tls")
        {
            facts.Tls = new()
            {
                ServerNameKind = flow.Sni is null ? ServerNameKind.Absent : ServerNameKind.One,
                ServerName = flow.Sni,
                Alpn = flow.Alpn,
                Version = flow.Version switch
                {
                    "1.0" => TlsVersion.Tls10,
                    "1.1" => TlsVersion.Tls11,
                    "1.2" => TlsVersion.Tls12,
                    _ => TlsVersion.Tls13,
                },
                Ech = flow.Ech,
            };
        }
        if (flow.L5 == "tls" && flow.Cert is { } cert)
        {
            var words = cert.Split(' ');
            var faults = CertificateFaults.None;
            if (words.Contains("expired")) faults |= CertificateFaults.Expired;
            if (words.Contains("untrusted")) faults |= CertificateFaults.Untrusted;
            if (words.Contains("mismatch")) faults |= CertificateFaults.Mismatch;
            if (words.Contains("selfsigned")) faults |= CertificateFaults.SelfSigned;
            facts.Certificate = new(faults, cert == "unreachable", cert);
        }
        facts.Interception = flow.IsInside ? Interception.Inside : Interception.None;
        if (flow.IsInside && flow.Request?.Split(' ') is [var method, var host, var path]) facts.Request = new(method, host, path);
        if (!flow.KnowsCert) facts = facts.BeforeCertificate();
        if (!flow.KnowsDestination) facts = facts.BeforeDestination();
        return flow.KnowsPayload ? facts : facts.BeforePayload();
    }

    private static string Print(NaiveRule[] rules) => string.Join('\n', rules.Select(
        r => $"{r.Action}: {string.Join(", ", r.Match.Select(m => $"{m.Key}=[{string.Join(' ', m.Values)}]"))}"));
}
