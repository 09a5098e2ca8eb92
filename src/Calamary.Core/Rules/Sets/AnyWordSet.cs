namespace Calamary.Core.Rules.Sets;

/// <summary>Words, of which a flow may have several: one in common is a match.</summary>
internal sealed class AnyWordSet(IReadOnlyCollection<string> words) : ValueSet<IReadOnlyList<string>>, IValueSet<IReadOnlyList<string>, AnyWordSet>
{
    private readonly WordSet _words = new(words);

    public override bool IsAll => false;

    public override int Size => _words.Size;

    public static IValueIndex<IReadOnlyList<string>>? CreateIndex(IReadOnlyList<(int Rule, AnyWordSet Set)> sets, int rules) => new Index(sets, rules);

    public override bool Contains(IReadOnlyList<string> fact)
    {
        // By index: an enumerator of the interface would be allocated.
        for (var i = 0; i < fact.Count; i++)
        {
            if (_words.Contains(fact[i])) return true;
        }
        return false;
    }

    public bool Covers(AnyWordSet other) => _words.Covers(other._words);

    private sealed class Index(IReadOnlyList<(int Rule, AnyWordSet Set)> sets, int rules) : IValueIndex<IReadOnlyList<string>>
    {
        private readonly IValueIndex<string> _words = WordSet.CreateIndex([.. sets.Select(static s => (s.Rule, s.Set._words))], rules);

        public void Mark(IReadOnlyList<string> fact, ref RuleMarks marks)
        {
            for (var i = 0; i < fact.Count; i++) _words.Mark(fact[i], ref marks);
        }
    }
}
