namespace Calamary.Core.Rules.Sets;

/// <summary>Words, without regard to case unless another comparer is given.</summary>
internal sealed class WordSet(IEnumerable<string> words, StringComparer? comparer = null) : IValueSet<string, WordSet>
{
    private readonly HashSet<string> _words = new(words, comparer ?? StringComparer.OrdinalIgnoreCase);

    public bool IsAll => false;

    public int Size => _words.Count;

    public static IValueIndex<string> CreateIndex(IReadOnlyList<(int Rule, WordSet Set)> sets, int rules) => new Index(sets, rules);

    public bool Contains(string fact) => _words.Contains(fact);

    public bool Covers(WordSet other) => other._words.IsSubsetOf(_words);

    private sealed class Index(IReadOnlyList<(int Rule, WordSet Set)> sets, int rules) : IValueIndex<string>
    {
        private readonly Dictionary<string, RuleList> _words = sets
            .SelectMany(static s => s.Set._words.Select(word => (word, s.Rule)))
            .GroupBy(static w => w.word, static w => w.Rule, sets[0].Set._words.Comparer)
            .ToDictionary(static g => g.Key, g => new RuleList([.. g], rules), sets[0].Set._words.Comparer);

        public void Mark(string fact, Span<ulong> marked)
        {
            if (_words.TryGetValue(fact, out var list)) list.MarkIn(marked);
        }
    }
}
