using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>The values of a list, variables replaced, and where each of them stands.</summary>
internal sealed class ValueList : IValueSource
{
    private readonly List<(int Start, IValuePart Part, bool Negates)> _parts = [];

    public int Count { get; private set; }

    public bool HasNegated { get; private set; }

    /// <summary>False: there are errors, which are reported. What could be read is here, so that its own errors are found too.</summary>
    public bool IsWhole { get; set; } = true;

    public void Add(IValuePart part, bool negates = false)
    {
        if (part.Count == 0) return;
        _parts.Add((Count, part, negates));
        Count += part.Count;
        HasNegated |= negates || part.HasNegated;
    }

    public void AddAll(ValueList other)
    {
        foreach (var (_, part, negates) in other._parts) Add(part, negates);
        IsWhole &= other.IsWhole;
    }

    /// <summary>The same values, each negated.</summary>
    public ValueList Negate()
    {
        var result = new ValueList { IsWhole = IsWhole };
        foreach (var (_, part, _) in _parts) result.Add(part, negates: true);
        return result;
    }

    public void ForEach(ValueVisitor visit)
    {
        foreach (var (start, part, negates) in _parts)
        {
            var index = start;
            part.ForEach((text, negated) => visit(index++, text, negates || negated));
        }
    }

    public bool MaySkip(int index) => PartOf(index).Part.MaySkip;

    /// <summary>Where the value with this index stands.</summary>
    public ConfigPosition Locate(int index)
    {
        var (start, part, _) = PartOf(index);
        return part.Locate(index - start);
    }

    private (int Start, IValuePart Part, bool Negates) PartOf(int index)
    {
        var (low, high) = (0, _parts.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_parts[middle].Start <= index) low = middle;
            else high = middle - 1;
        }
        return _parts[low];
    }
}
