namespace Calamary.Core.Rules.Sets;

/// <summary>Words, of which a flow may have several: one in common is a match.</summary>
internal sealed class AnyWordSet(IEnumerable<string> words) : IValueSet<IReadOnlyList<string>, AnyWordSet>
{
    private readonly HashSet<string> _words = new(words, StringComparer.OrdinalIgnoreCase);

    public bool IsAll => false;

    public bool Contains(IReadOnlyList<string> fact)
    {
        // By index: an enumerator of the interface would be allocated.
        for (var i = 0; i < fact.Count; i++)
        {
            if (_words.Contains(fact[i])) return true;
        }
        return false;
    }

    public bool Covers(AnyWordSet other) => other._words.IsSubsetOf(_words);
}
