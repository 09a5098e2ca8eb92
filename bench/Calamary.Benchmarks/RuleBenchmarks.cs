using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Rules;

namespace Calamary.Benchmarks;

/// <summary>The whole verdict over rules of all kinds, of which only the last one matches. It allocates nothing.</summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private RuleSet rules = new([]);
    private FlowFacts flow;
    private FlowFacts early;

    [Params(10, 100, 1000, 10_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        var others = Enumerable.Range(0, Rules - 1).Select(Other);
        rules = new RuleSet([.. others, RuleSource.Rule(RuleAction.Accept, ("dns", [".example.test"]), ("port", ["443"]))]);
        flow = RuleSource.Flow("www.example.test");
        early = flow with { Known = FactStages.Destination, Tls = null, Protocol = null };
        if (!LastMatches() || BeforeTheHello()) throw new InvalidOperationException("The flows do not test what they say.");
    }

    [Benchmark(Baseline = true)]
    public bool LastMatches() => rules.TryDecide(flow, out var verdict) && verdict.IsAccepted;

    [Benchmark]
    public bool BeforeTheHello() => rules.TryDecide(early, out _);

    // Each kind gets as far as its last criterion before it fails.
    private static RuleDefinition Other(int number) => (number % 6) switch
    {
        0 => RuleSource.Rule(RuleAction.Deny, ("protoL4", ["tcp"]), ("dest", [$"10.{number / 250}.{number % 250}.0/24", "203.0.113.0/24"])),
        1 => RuleSource.Rule(RuleAction.Deny, ("port", ["443"]), ("dns", [$"*.service{number}.test", $"service{number}.test"])),
        2 => RuleSource.Rule(RuleAction.Accept, ("src", ["192.0.2.0/24"]), ("port", ["22", $"{8000 + number}"])),
        3 => RuleSource.Rule(RuleAction.Deny, ("src", [$"10.{number % 200}.0.0/16", "!10.0.1.0/24"]), ("protoL5", ["tls"]), ("tlsVersion", ["<1.2"])),
        4 => RuleSource.Rule(RuleAction.Accept, ("user", [$"user{number}"]), ("port", ["1-1023"]), ("encrypted", ["true"])),
        _ => RuleSource.Rule(RuleAction.Deny, ("dns", [$".shop{number}.example"]), ("alpn", ["h2"]), ("listener", ["transparent"])),
    };
}
