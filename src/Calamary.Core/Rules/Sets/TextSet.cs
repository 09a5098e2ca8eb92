namespace Calamary.Core.Rules.Sets;

/// <summary>Texts, in which <c>*</c> stands for any characters, none as well. Case counts.</summary>
internal sealed class TextSet : IValueSet<string, TextSet>
{
    private const char Any = '*';

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly string[][] _patterns;

    public TextSet(IReadOnlyCollection<string> values)
    {
        foreach (var value in values)
            if (!value.Contains(Any)) _texts.Add(value);
        _patterns = [.. values.Where(static v => v.Contains(Any)).Select(static v => v.Split(Any))];
    }

    public bool IsAll => _patterns.Any(static parts => parts.All(static p => p.Length == 0));

    public bool Contains(string fact)
    {
        if (_texts.Contains(fact)) return true;
        foreach (var parts in _patterns)
            if (Matches(fact, parts)) return true;
        return false;
    }

    public bool Covers(TextSet other) => IsAll || (other._texts.All(Contains) && other._patterns.All(p => _patterns.Any(p.SequenceEqual)));

    /// <summary>The first part begins the text, the last one ends it, those between follow one another at the first place they can.</summary>
    private static bool Matches(ReadOnlySpan<char> text, string[] parts)
    {
        if (!text.StartsWith(parts[0], StringComparison.Ordinal)) return false;
        text = text[parts[0].Length..];
        for (var i = 1; i < parts.Length - 1; i++)
        {
            var at = text.IndexOf(parts[i], StringComparison.Ordinal);
            if (at < 0) return false;
            text = text[(at + parts[i].Length)..];
        }
        return text.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
