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
                if (Evaluate(_rules[i], in facts, null, out verdict) is { } isDecided) return isDecided;
            }
        }
        else
        {
            foreach (var rule in _rules)
            {
                if (Evaluate(rule, in facts, trace, out verdict) is { } isDecided) return isDecided;
            }
        }
        verdict = Verdict.DeniedByDefault;
        return true;
    }

    /// <summary>Null: the next rule is asked.</summary>
    private static bool? Evaluate(CompiledRule rule, in FlowFacts facts, IRuleTrace? trace, out Verdict verdict)
    {
        verdict = Verdict.DeniedByDefault;
        if (facts.Interception != Interception.None && rule.Verdict.Action == RuleAction.Intercept) return null;
        switch (rule.Evaluate(facts, trace))
        {
            case Truth.Yes:
                verdict = rule.Verdict;
                return true;
            case Truth.Unknown:
                // A later rule may agree on the action, but the verdict names the rule as well.
                return false;
            default:
                return null;
        }
    }
}
