using BenchmarkDotNet.Attributes;
using Calamary.Core;
using Calamary.Core.Rules;

namespace Calamary.Benchmarks;

/// <summary>One rule with a list of 100,000 networks.</summary>
[MemoryDiagnoser]
public class NetworkListBenchmarks
{
    private const int Networks = 100_000;

    private RuleSet rules = new([]);
    private FlowFacts listed;
    private FlowFacts absent;

    [GlobalSetup]
    public void Compile()
    {
        var networks = Enumerable.Range(0, Networks)
            .Select(number => number % 2 == 0 ? $"{11 + number / 8192}.{number / 32 % 256}.{number % 32 * 8}.0/22" : $"2001:{number >> 16:x}:{number & 0xFFFF:x}::/56");
        rules = new RuleSet([RuleSource.Rule(RuleAction.Deny, ("dest", [.. networks]))]);
        listed = RuleSource.Flow("www.example.test");
        listed.Destination = new Endpoint(Address.FromIPv4((11u + 50_000 / 8192 << 24) + (50_000u / 32 % 256 << 16) + (50_000u % 32 * 8 << 8) + 77), 443);
        absent = RuleSource.Flow("www.example.test");
        if (!Matches(listed) || Matches(absent)) throw new InvalidOperationException("The flows do not test what they say.");
    }

    [Benchmark(Baseline = true)]
    public bool Listed() => Matches(listed);

    [Benchmark]
    public bool Absent() => Matches(absent);

    private bool Matches(in FlowFacts flow) => rules.TryDecide(flow, out var verdict) && verdict.Basis == VerdictBasis.Rule;
}
