using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules;

/// <summary>Skips rules that cannot match, in bulk: a bit for each rule, and of each key those bits are kept whose rules the flow's fact may
/// still fulfil. What is left is evaluated in order, and decides; so the index may keep too many, never too few.</summary>
internal sealed class RuleIndex
{
    // The bits of the rules, and as many for the keys to work with. Evaluation never waits, so a thread needs them once.
    [ThreadStatic]
    private static ulong[]? t_bits;

    private readonly ulong[] _all;
    private readonly ICriterionIndex[] _keys;

    public RuleIndex(IReadOnlyList<RuleDefinition> rules)
    {
        _all = RuleBits.Full(rules.Count);
        _keys =
        [
            .. rules.SelectMany(static (rule, number) => rule.Criteria.Select(criterion => (number, criterion)))
                .GroupBy(static entry => entry.criterion.GetType())
                .OrderBy(static key => key.First().criterion.Cost)
                .Select(key => key.First().criterion.CreateIndex([.. key], rules.Count)),
        ];
    }

    /// <summary>The rules that may match. Good until the next call on the thread.</summary>
    public ReadOnlySpan<ulong> Candidates(in FlowFacts facts)
    {
        if (t_bits is null || t_bits.Length < _all.Length * 2) t_bits = new ulong[_all.Length * 2];
        var candidates = t_bits.AsSpan(0, _all.Length);
        var scratch = t_bits.AsSpan(_all.Length, _all.Length);
        _all.CopyTo(candidates);
        foreach (var key in _keys) key.Narrow(in facts, candidates, scratch);
        return candidates;
    }
}

/// <summary>One key of all rules' <c>match</c>.</summary>
internal interface ICriterionIndex
{
    /// <summary>Takes away rules whose criterion does not hold.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="candidates">The rules.</param>
    /// <param name="scratch">Room for as many.</param>
    void Narrow(in FlowFacts facts, Span<ulong> candidates, Span<ulong> scratch);
}
