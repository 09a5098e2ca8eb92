using Calamary.Core.Rules;

namespace Calamary.Core.Observability;

/// <summary>Where the evaluation of one ruleset stopped, for one thread to count. A decision costs one addition however many rules were
/// evaluated: the rule that decided was matched once, and it and all before it were evaluated once.</summary>
internal sealed class RuleCounters(IRuleSet rules)
{
    private readonly CounterBank _stoppedAt = new(rules.Count + 1);

    /// <summary>The ruleset that is counted.</summary>
    public IRuleSet Rules { get; } = rules;

    /// <summary>Counts a decision of the ruleset; the owning thread only.</summary>
    public void Add(in Verdict verdict)
    {
        switch (verdict.Basis)
        {
            case VerdictBasis.Rule when (uint)verdict.Rule < (uint)Rules.Count:
                _stoppedAt.Add(verdict.Rule);
                break;
            case VerdictBasis.Default:
                _stoppedAt.Add(Rules.Count);
                break;
        }
    }

    /// <summary>How often the evaluation stopped at this rule; at the index after the last one: how often no rule matched.</summary>
    public long StoppedAt(int rule) => _stoppedAt[rule];
}
