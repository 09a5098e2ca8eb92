namespace Calamary.Core.Rules.Sets;

/// <summary>Words, without regard to case unless another comparer is given.</summary>
internal sealed class WordSet(IEnumerable<string> words, StringComparer? comparer = null) : IValueSet<string, WordSet>
{
    private readonly HashSet<string> _words = new(words, comparer ?? StringComparer.OrdinalIgnoreCase);

    public bool IsAll => false;

    public bool Contains(string fact) => _words.Contains(fact);

    public bool Covers(WordSet other) => other._words.IsSubsetOf(_words);
}
