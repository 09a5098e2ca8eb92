using System.Diagnostics;
using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

public class RuleScaleTests
{
    [Fact]
    public void Deciding_allocates_nothing()
    {
        var rules = new RuleSet([
            Rule(RuleAction.Deny, ("src", ["10.0.0.0/8", "2001:db8::/32"]), ("sport", ["1-5"]), ("listener", ["http:1"])),
            Rule(RuleAction.Deny, ("dest", ["10.0.0.0/8", "!10.1.0.0/16"]), ("protoL3", ["ip4"]), ("protoL4", ["tcp"])),
            Rule(RuleAction.Deny, ("dns", ["*.example.org", "!a.b"]), ("protoL5", ["tls"]), ("encrypted", ["yes"])),
            Rule(RuleAction.Deny, ("alpn", ["h3"])),
            Rule(RuleAction.Deny, ("tlsVersion", ["<1.2"])),
            Rule(RuleAction.Deny, ("ech", ["true"])),
            Rule(RuleAction.Accept, ("dns", [".example.com"]), ("port", ["443"]), ("listener", ["transparent"]), ("protoL5", ["!http"])),
        ]);
        FlowFacts[] flows =
            [TlsFlow("www.example.com", "h2", "http/1.1"), Flow(), TlsFlow("a.example").BeforePayload(), Flow().BeforeDestination()];
        foreach (var flow in flows) rules.TryDecide(flow, out _);
        Assert.True(rules.TryDecide(flows[0], out var verdict) && verdict.Rule == 6);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            foreach (ref readonly var flow in flows.AsSpan()) rules.TryDecide(flow, out _);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Ten_thousand_rules_and_a_million_domains_are_ordinary()
    {
        var domains = Enumerable.Range(0, 1_000_000).Select(i => new CriterionValue($"*.ads{i}.example", false)).ToArray();
        var networks = Enumerable.Range(0, 100_000)
            .Select(i => new CriterionValue($"10.{i / 1000}.{i % 1000 / 4}.{i % 4 * 64}/27", false)).ToArray();
        var definitions = new List<RuleDefinition>
        {
            new(RuleAction.Deny, "ads", [Create("dns", domains)]),
            new(RuleAction.Deny, "networks", [Create("dest", networks)]),
        };
        definitions.AddRange(Enumerable.Range(0, 10_000)
            .Select(i => Rule(RuleAction.Deny, ("port", [$"{i}"]), ("dns", [$"host{i}.example"]))));
        var rules = new RuleSet(definitions);

        Assert.True(rules.TryDecide(TlsFlow("x.y.ads999999.example"), out var verdict));
        Assert.Equal(0, verdict.Rule);
        Assert.True(rules.TryDecide(Flow("10.99.249.200"), out verdict));
        Assert.Equal(1, verdict.Rule);
        Assert.True(rules.TryDecide(Flow("10.99.249.224"), out verdict));
        Assert.Equal(VerdictBasis.Default, verdict.Basis);

        var last = TlsFlow("host9999.example");
        last.Destination = new(last.Destination.Address, 9999);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++) Assert.True(rules.TryDecide(last, out verdict) && verdict.Rule == 10_001);
        // Far above what it takes (half a millisecond each, cold): only a change of the order of magnitude fails.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
    }

    private static Criterion Create(string key, CriterionValue[] values) =>
        CriterionCatalog.TryCreate(key, new ValueArray(values), KnownProtocols, (_, message, _) => Assert.Fail(message))!;
}
