namespace Calamary.Core.Rules.Sets;

/// <summary>Rules to be marked together: one by one where they are few, else a bit for each.</summary>
internal readonly struct RuleList
{
    private readonly int[]? _few;
    private readonly ulong[]? _many;

    /// <param name="rules">Their numbers.</param>
    /// <param name="count">The number of all rules.</param>
    public RuleList(IReadOnlyCollection<int> rules, int count)
    {
        if (rules.Count <= RuleBits.WordsFor(count))
        {
            _few = [.. rules];
            return;
        }
        _many = new ulong[RuleBits.WordsFor(count)];
        foreach (var rule in rules) RuleBits.Set(_many, rule);
    }

    public void MarkIn(Span<ulong> bits)
    {
        if (_many is not null) RuleBits.Unite(bits, _many);
        else if (_few is not null) foreach (var rule in _few) RuleBits.Set(bits, rule);
    }
}
