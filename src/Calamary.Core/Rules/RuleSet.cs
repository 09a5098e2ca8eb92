namespace Calamary.Core.Rules;

/// <summary>Rules compiled for evaluation in order.</summary>
internal sealed class RuleSet : IRuleSet
{
    private readonly CompiledRule[] _rules;

    public RuleSet(IReadOnlyList<RuleDefinition> rules)
    {
        _rules = [.. rules.Select(static (rule, index) => new CompiledRule(rule, index))];
        ComparesDestination = rules.Any(static rule => rule.Criteria.Any(static c => c.Needs.HasFlag(FactStages.Destination)));
    }

    public int Count => _rules.Length;

    public bool ComparesDestination { get; }

    public bool TryDecide(in FlowFacts facts, out Verdict verdict, IRuleTrace? trace = null)
    {
        foreach (var rule in _rules)
        {
            if (facts.Interception != Interception.None && rule.Verdict.Action == RuleAction.Intercept) continue;
            switch (rule.Evaluate(facts, trace))
            {
                case Truth.Yes:
                    verdict = rule.Verdict;
                    return true;
                case Truth.Unknown:
                    // A later rule may agree on the action, but the verdict names the rule as well.
                    verdict = Verdict.DeniedByDefault;
                    return false;
            }
        }
        verdict = Verdict.DeniedByDefault;
        return true;
    }
}
