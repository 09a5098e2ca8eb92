using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Rules;

namespace Calamary.Benchmarks;

/// <summary>One rule with a block list of 1,000,000 domains.</summary>
[MemoryDiagnoser]
public class DomainListBenchmarks
{
    private const int Domains = 1_000_000;

    private RuleSet rules = new([]);
    private FlowFacts listed;
    private FlowFacts below;
    private FlowFacts absent;

    [GlobalSetup]
    public void Compile()
    {
        var domains = Enumerable.Range(0, Domains).Select(number => $".tracker{number}.ads{number % 977}.test").ToArray();
        rules = new RuleSet([RuleSource.Rule(RuleAction.Deny, ("dns", domains))]);
        listed = RuleSource.Flow("tracker765432.ads441.test");
        below = RuleSource.Flow("cdn.eu.tracker500001.ads754.test");
        absent = RuleSource.Flow("www.static.example.test");
        if (!Matches(listed) || !Matches(below) || Matches(absent))
            throw new InvalidOperationException("The flows do not test what they say.");
    }

    [Benchmark(Baseline = true)]
    public bool Listed() => Matches(listed);

    [Benchmark]
    public bool TwoLabelsBelow() => Matches(below);

    [Benchmark]
    public bool Absent() => Matches(absent);

    private bool Matches(in FlowFacts flow) => rules.TryDecide(flow, out var verdict) && verdict.Basis == VerdictBasis.Rule;
}
