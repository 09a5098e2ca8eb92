using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>A closed list of words with their meanings, compared without regard to case.</summary>
/// <param name="kind">What a word is, for messages: <c>protocol</c>.</param>
/// <param name="entries">The words; the first spelling of each is what messages list.</param>
internal sealed class WordTable<T>(string kind, IReadOnlyList<KeyValuePair<string, T>> entries)
{
    private readonly Dictionary<string, T> _meanings = new(entries, StringComparer.OrdinalIgnoreCase);

    public bool TryParse(string text, out T value, out ValueError error)
    {
        error = default;
        if (_meanings.TryGetValue(text, out value!)) return true;
        error = new($"'{text}' is no {kind}: write one of {string.Join(", ", _meanings.Keys)}", ClosestWord.Find(text, _meanings.Keys));
        return false;
    }
}
