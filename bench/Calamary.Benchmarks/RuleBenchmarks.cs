using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Rules;

namespace Calamary.Benchmarks;

/// <summary>The whole verdict where only the last rule matches. It allocates nothing.</summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private RuleSet rules = new([]);
    private FlowFacts flow;

    [Params(10, 1000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        var others = Enumerable.Range(0, Rules - 1).Select(Other);
        rules = new RuleSet([.. others, RuleSource.Rule(RuleAction.Accept, ("dns", [".example.test"]), ("port", ["443"]))]);
        flow = RuleSource.Flow("www.example.test");
    }

    [Benchmark]
    public bool LastMatches() => rules.TryDecide(flow, out var verdict) && verdict.IsAccepted;

    // Each kind gets as far as its last criterion before it fails.
    private static RuleDefinition Other(int number) => (number % 3) switch
    {
        0 => RuleSource.Rule(RuleAction.Deny, ("protoL4", ["tcp"]), ("dest", [$"10.{number / 250}.{number % 250}.0/24", "203.0.113.0/24"])),
        1 => RuleSource.Rule(RuleAction.Deny, ("port", ["443"]), ("dns", [$"*.service{number}.test", $"service{number}.test"])),
        _ => RuleSource.Rule(RuleAction.Accept, ("src", ["192.0.2.0/24"]), ("port", ["22", $"{8000 + number}"])),
    };
}
