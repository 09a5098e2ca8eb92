namespace Calamary.Core.Rules.Sets;

/// <summary>Gathers parsed values and makes a set of them.</summary>
internal sealed class ListBuilder<TValue, TSet>(Criteria.ValueParser<TValue> parse, Func<List<TValue>, TSet> build) : ISetBuilder<TSet>
{
    private readonly List<TValue> _values = [];

    public int Count => _values.Count;

    public bool TryAdd(ReadOnlySpan<char> text, out ValueError error)
    {
        if (!parse(text.ToString(), out var value, out error)) return false;
        _values.Add(value);
        return true;
    }

    public TSet Build() => build(_values);
}
