using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>The logic that all criteria share: any positive value matches and no negated value does; a fact that the flow does not have
/// matches no value; a fact that is not known yet leaves the outcome open, unless the values settle it by themselves.</summary>
/// <param name="operands">The values.</param>
/// <param name="traceName">The name in traces.</param>
/// <param name="mayBeAbsent">Whether a flow may lack the fact for good.</param>
internal abstract class Criterion<TFact, TSet>(Operands<TSet> operands, string traceName, bool mayBeAbsent) : Criterion
    where TSet : ValueSet<TFact>, IValueSet<TFact, TSet>
{
    private const string NotYetKnown = "?";
    private const string None = "-";

    // As classes without TSet: code that is shared by all of them would look its type up at each call.
    private readonly ValueSet<TFact>? _matching = operands.Matching;
    private readonly ValueSet<TFact>? _excluded = operands.Excluded;
    private readonly Operands<TSet> _operands = operands;
    private readonly Truth _undecided = OutcomeForAnyFact(operands.Matching, operands.Excluded, mayBeAbsent);

    public override Truth Evaluate(in FlowFacts facts) => Read(facts, out var fact) switch
    {
        FactState.Present => ToTruth(Matches(fact) && !Excludes(fact)),
        FactState.Absent => ToTruth(_matching is null),
        _ => _undecided,
    };

    public override Truth Evaluate(in FlowFacts facts, int rule, IRuleTrace trace)
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
            trace.Compared(rule, traceName, _operands.MatchingText, actual, outcome);
        }
        if (_excluded is null || outcome == Truth.No) return outcome;

        outcome = state switch
        {
            FactState.Present => ToTruth(!Excludes(fact)),
            FactState.Absent => Truth.Yes,
            _ => _undecided,
        };
        trace.Compared(rule, "!" + traceName, _operands.ExcludedText, actual, outcome);
        return outcome;
    }

    public override bool IsNever => _undecided == Truth.No;

    public override bool Covers(Criterion other)
    {
        var (own, others) = (_operands, ((Criterion<TFact, TSet>)other)._operands);
        return (own.Matching is null || (others.Matching is not null && own.Matching.Covers(others.Matching)))
            && (own.Excluded is null || (others.Excluded is not null && others.Excluded.Covers(own.Excluded)));
    }

    public override ICriterionIndex CreateIndex(IReadOnlyList<(int Rule, Criterion Criterion)> column, int rules) =>
        new Index(this, [.. column.Select(static c => (c.Rule, (Criterion<TFact, TSet>)c.Criterion))], rules);

    /// <summary>Takes the fact out of what is known.</summary>
    protected abstract FactState Read(in FlowFacts facts, out TFact fact);

    private TSet? Matching => _operands.Matching;

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

    /// <summary>This key of all rules. Sets that are very large are left to the evaluation, or their values would be kept twice.</summary>
    private sealed class Index : ICriterionIndex
    {
        private const int MaxSize = 4096;

        private readonly Criterion<TFact, TSet> _reader;
        private readonly IValueIndex<TFact>? _values;
        private readonly ulong[] _whenUnknown;
        private readonly ulong[] _whenAbsent;
        private readonly ulong[] _always;

        public Index(Criterion<TFact, TSet> reader, IReadOnlyList<(int Rule, Criterion<TFact, TSet> Criterion)> column, int rules)
        {
            _reader = reader;
            _whenUnknown = Without(column.Where(static c => c.Criterion._undecided == Truth.No));
            _whenAbsent = Without(column.Where(static c => c.Criterion._matching is not null));
            var searched = column.Where(static c => c.Criterion.Matching is { IsAll: false, Size: <= MaxSize }).ToList();
            if (searched.Count > 0) _values = TSet.CreateIndex([.. searched.Select(static c => (c.Rule, c.Criterion.Matching!))], rules);
            _always = Without(searched);

            ulong[] Without(IEnumerable<(int Rule, Criterion<TFact, TSet> Criterion)> some)
            {
                var bits = RuleBits.Full(rules);
                foreach (var (rule, _) in some) RuleBits.Clear(bits, rule);
                return bits;
            }
        }

        public void Narrow(in FlowFacts facts, Span<ulong> candidates, Span<ulong> scratch)
        {
            switch (_reader.Read(facts, out var fact))
            {
                case FactState.Unknown:
                    RuleBits.Intersect(candidates, _whenUnknown);
                    break;
                case FactState.Absent:
                    RuleBits.Intersect(candidates, _whenAbsent);
                    break;
                default:
                    if (_values is null) return;
                    var marks = new RuleMarks(candidates, scratch);
                    _values.Mark(fact, ref marks);
                    marks.Narrow(_always);
                    break;
            }
        }
    }
}
