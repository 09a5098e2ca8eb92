using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>The values of a list, variables replaced, and where each of them stands.</summary>
internal sealed class ValueList
{
    private readonly List<CriterionValue> _values = [];
    private readonly List<(int Start, IValueOrigin Origin, int Offset)> _origins = [];

    public List<CriterionValue> Values => _values;

    public bool HasNegated { get; private set; }

    /// <summary>False: there are errors, which are reported. What could be read is here, so that its own errors are found too.</summary>
    public bool IsWhole { get; set; } = true;

    public void Add(CriterionValue value, IValueOrigin origin, int offset)
    {
        // One entry for the run of a file's values, however long.
        if (_origins.Count == 0 || !ReferenceEquals(_origins[^1].Origin, origin)) _origins.Add((_values.Count, origin, offset));
        _values.Add(value);
        HasNegated |= value.Negated;
    }

    public void AddAll(ValueList other)
    {
        foreach (var (start, origin, offset) in other._origins) _origins.Add((_values.Count + start, origin, offset));
        _values.AddRange(other._values);
        HasNegated |= other.HasNegated;
        IsWhole &= other.IsWhole;
    }

    /// <summary>The same values, each negated.</summary>
    public ValueList Negate()
    {
        var result = new ValueList { HasNegated = _values.Count > 0, IsWhole = IsWhole };
        result._origins.AddRange(_origins);
        result._values.EnsureCapacity(_values.Count);
        foreach (var value in _values) result._values.Add(value with { Negated = true });
        return result;
    }

    /// <summary>Where the value with this index stands.</summary>
    public ConfigPosition Locate(int index)
    {
        var (low, high) = (0, _origins.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_origins[middle].Start <= index) low = middle;
            else high = middle - 1;
        }
        var (start, origin, offset) = _origins[low];
        return origin.Locate(offset + index - start);
    }
}
