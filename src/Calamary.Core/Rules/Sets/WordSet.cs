namespace Calamary.Core.Rules.Sets;

/// <summary>Words, without regard to case unless another comparer is given.</summary>
internal sealed class WordSet(IReadOnlyCollection<string> words, StringComparer? comparer = null) : ValueSet<string>, IValueSet<string, WordSet>
{
    /// <summary>So few are compared one by one: that costs less than a hash.</summary>
    private const int MaxFew = 8;

    private readonly HashSet<string> _words = new(words, comparer ?? StringComparer.OrdinalIgnoreCase);

    private readonly string[] _few = words.Count <= MaxFew ? [.. words] : [];

    public override bool IsAll => false;

    /// <summary>The words.</summary>
    public IReadOnlyCollection<string> Words => _words;

    public override int Size => _words.Count;

    public static IValueIndex<string> CreateIndex(IReadOnlyList<(int Rule, WordSet Set)> sets, int rules) => new Index(sets, rules);

    public override bool Contains(string fact)
    {
        if (_few.Length == 0) return _words.Contains(fact);
        foreach (var word in _few)
        {
            // Most words of flows are the very objects that rules have them by.
            if (ReferenceEquals(word, fact) || (word.Length == fact.Length && _words.Comparer.Equals(word, fact))) return true;
        }
        return false;
    }

    public bool Covers(WordSet other) => other._words.IsSubsetOf(_words);

    private sealed class Index(IReadOnlyList<(int Rule, WordSet Set)> sets, int rules) : IValueIndex<string>
    {
        private readonly Dictionary<string, RuleList> _words = sets
            .SelectMany(static s => s.Set._words.Select(word => (word, s.Rule)))
            .GroupBy(static w => w.word, static w => w.Rule, sets[0].Set._words.Comparer)
            .ToDictionary(static g => g.Key, g => new RuleList([.. g], rules), sets[0].Set._words.Comparer);

        public void Mark(string fact, ref RuleMarks marks)
        {
            if (_words.TryGetValue(fact, out var list)) marks.Add(list);
        }
    }
}
