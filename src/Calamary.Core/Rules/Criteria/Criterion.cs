using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>The logic that all criteria share: any positive value matches and no negated value does; a fact that the flow does not have
/// matches no value; a fact that is not known yet leaves the outcome open, unless the values settle it by themselves.</summary>
/// <param name="operands">The values.</param>
/// <param name="traceName">The name in traces.</param>
/// <param name="mayBeAbsent">Whether a flow may lack the fact for good.</param>
internal abstract class Criterion<TFact, TSet>(Operands<TSet> operands, string traceName, bool mayBeAbsent) : ICriterion
    where TSet : class, IValueSet<TFact, TSet>
{
    private const string NotYetKnown = "?";
    private const string None = "-";

    private readonly TSet? _matching = operands.Matching;
    private readonly TSet? _excluded = operands.Excluded;
    private readonly Truth _undecided = OutcomeForAnyFact(operands.Matching, operands.Excluded, mayBeAbsent);

    public abstract FactStages Needs { get; }

    public abstract CriterionCost Cost { get; }

    public Truth Evaluate(in FlowFacts facts) => Read(facts, out var fact) switch
    {
        FactState.Present => ToTruth(Matches(fact) && !Excludes(fact)),
        FactState.Absent => ToTruth(_matching is null),
        _ => _undecided,
    };

    public Truth Evaluate(in FlowFacts facts, int rule, IRuleTrace trace)
    {
        var state = Read(facts, out var fact);
        var actual = state switch { FactState.Present => Format(fact), FactState.Absent => None, _ => NotYetKnown };
        var outcome = Truth.Yes;
        if (_matching is not null)
        {
            outcome = state switch
            {
                FactState.Present => ToTruth(Matches(fact)),
                FactState.Absent => Truth.No,
                _ => _undecided,
            };
            trace.Compared(rule, traceName, operands.MatchingText, actual, outcome);
        }
        if (_excluded is null || outcome == Truth.No) return outcome;

        outcome = state switch
        {
            FactState.Present => ToTruth(!Excludes(fact)),
            FactState.Absent => Truth.Yes,
            _ => _undecided,
        };
        trace.Compared(rule, "!" + traceName, operands.ExcludedText, actual, outcome);
        return outcome;
    }

    /// <summary>Takes the fact out of what is known.</summary>
    protected abstract FactState Read(in FlowFacts facts, out TFact fact);

    /// <summary>The fact as a trace shows it.</summary>
    protected abstract string Format(TFact fact);

    private bool Matches(TFact fact) => _matching is null || _matching.Contains(fact);

    private bool Excludes(TFact fact) => _excluded is not null && _excluded.Contains(fact);

    private static Truth ToTruth(bool value) => value ? Truth.Yes : Truth.No;

    // A flow must not wait for a fact that cannot change the outcome: "any address", or values that exclude each other.
    private static Truth OutcomeForAnyFact(TSet? matching, TSet? excluded, bool mayBeAbsent)
    {
        if (matching is not null && excluded is not null && excluded.Covers(matching)) return Truth.No;
        if (mayBeAbsent) return Truth.Unknown;
        if (excluded is not null) return excluded.IsAll ? Truth.No : Truth.Unknown;
        return matching!.IsAll ? Truth.Yes : Truth.Unknown;
    }
}
