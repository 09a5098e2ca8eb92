namespace Calamary.Core.Rules;

/// <summary>A rule with its criteria in the order of evaluation.</summary>
internal sealed class CompiledRule(RuleDefinition rule, int index)
{
    private readonly Criterion[] _criteria = [.. rule.Criteria.OrderBy(static c => c.Needs).ThenBy(static c => c.Cost)];

    // A field: the structure is not to be copied to look at its action.
    private readonly Verdict _verdict = new(rule.Action, VerdictBasis.Rule, index, rule.Name);

    /// <summary>The verdict when the rule matches.</summary>
    public ref readonly Verdict Verdict => ref _verdict;

    /// <summary>Whether all criteria hold. One that does not hold outweighs any that are still open.</summary>
    public Truth Evaluate(in FlowFacts facts)
    {
        var outcome = Truth.Yes;
        foreach (var criterion in _criteria)
        {
            var truth = criterion.Evaluate(in facts);
            if (truth == Truth.No) return Truth.No;
            if (truth == Truth.Unknown) outcome = Truth.Unknown;
        }
        return outcome;
    }

    /// <summary>The same, telling <paramref name="trace"/> what was compared.</summary>
    public Truth Evaluate(in FlowFacts facts, IRuleTrace trace)
    {
        var outcome = Truth.Yes;
        foreach (var criterion in _criteria)
        {
            var truth = criterion.Evaluate(in facts, index, trace);
            if (truth == Truth.No) return Truth.No;
            if (truth == Truth.Unknown) outcome = Truth.Unknown;
        }
        if (outcome == Truth.Yes) trace.Applied(index, _verdict.Action);
        return outcome;
    }
}
