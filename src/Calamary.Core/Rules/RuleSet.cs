using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules;

/// <summary>Rules compiled for evaluation in order.</summary>
internal sealed class RuleSet : IRuleSet
{
    /// <summary>Fewer rules are evaluated one by one.</summary>
    private const int MinIndexed = 16;

    private readonly CompiledRule[] _rules;
    private readonly RuleIndex? _index;

    /// <param name="rules">The rules.</param>
    /// <param name="minIndexed">From so many on, they are searched together.</param>
    public RuleSet(IReadOnlyList<RuleDefinition> rules, int minIndexed = MinIndexed)
    {
        _rules = [.. rules.Select(static (rule, index) => new CompiledRule(rule, index))];
        _index = rules.Count < minIndexed ? null : new RuleIndex(rules);
        ComparesDestination = rules.Any(static rule => rule.Criteria.Any(static c => c.Needs.HasFlag(FactStages.Destination)));
    }

    public int Count => _rules.Length;

    public bool ComparesDestination { get; }

    public bool TryDecide(in FlowFacts facts, out Verdict verdict, IRuleTrace? trace = null)
    {
        if (trace is null && _index is { } index)
        {
            var candidates = index.Candidates(in facts);
            for (var i = RuleBits.First(candidates, 0); i >= 0; i = RuleBits.First(candidates, i + 1))
            {
                var truth = Evaluate(_rules[i], in facts, null);
                if (truth != Truth.No) return Decide(_rules[i], truth, out verdict);
            }
        }
        else
        {
            foreach (var rule in _rules)
            {
                var truth = Evaluate(rule, in facts, trace);
                if (truth != Truth.No) return Decide(rule, truth, out verdict);
            }
        }
        verdict = Verdict.DeniedByDefault;
        return true;
    }

    private static Truth Evaluate(CompiledRule rule, in FlowFacts facts, IRuleTrace? trace) =>
        facts.Interception != Interception.None && rule.Verdict.Action == RuleAction.Intercept ? Truth.No
        : trace is null ? rule.Evaluate(in facts) : rule.Evaluate(in facts, trace);

    // Not certain: a later rule may agree on the action, but the verdict names the rule as well.
    private static bool Decide(CompiledRule rule, Truth truth, out Verdict verdict)
    {
        verdict = truth == Truth.Yes ? rule.Verdict : Verdict.DeniedByDefault;
        return truth == Truth.Yes;
    }
}
