namespace Calamary.Core.Rules.Sets;

/// <summary>Texts and patterns with <c>*</c>, compared with their case. Texts share a hash table; patterns are tried one by one.</summary>
internal sealed class TextPatternSet(IReadOnlyCollection<string> values) : ValueSet<string>, IValueSet<string, TextPatternSet>
{
    private readonly HashSet<string> _texts = new(values.Where(static value => !IsPattern(value)), StringComparer.Ordinal);
    private readonly TextPattern[] _patterns =
        [.. values.Where(IsPattern).Distinct(StringComparer.Ordinal).Select(static value => new TextPattern(value))];

    public override bool IsAll { get; } = values.Any(static value => value.Length > 0 && value.All(static c => c == '*'));

    public override int Size => _texts.Count + _patterns.Length;

    public override bool Contains(string fact)
    {
        if (_texts.Contains(fact)) return true;
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(fact)) return true;
        }
        return false;
    }

    // A '*' of the other pattern is matched by one of ours only, and that takes whatever the other stands for.
    public bool Covers(TextPatternSet other) =>
        other._texts.All(Contains) && other._patterns.All(pattern => Array.Exists(_patterns, own => own.Matches(pattern.Text)));

    private static bool IsPattern(string value) => value.Contains('*', StringComparison.Ordinal);
}
