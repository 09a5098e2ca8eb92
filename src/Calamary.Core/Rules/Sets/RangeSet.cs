using System.Numerics;

namespace Calamary.Core.Rules.Sets;

/// <summary>Numbers as sorted, merged ranges; lookup is a binary search.</summary>
internal sealed class RangeSet<T> : ValueSet<T>, IValueSet<T, RangeSet<T>>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>, IUnsignedNumber<T>
{
    private readonly T[] _first;
    private readonly T[] _last;

    /// <param name="ranges">Inclusive ranges in any order; they may overlap.</param>
    public RangeSet(IEnumerable<(T First, T Last)> ranges)
    {
        var first = new List<T>();
        var last = new List<T>();
        foreach (var range in ranges.OrderBy(static range => range.First))
        {
            // Adjacent ranges become one, so that Covers may look at one range only.
            if (last.Count > 0 && (last[^1] == T.MaxValue || range.First <= last[^1] + T.One))
            {
                last[^1] = T.Max(last[^1], range.Last);
                continue;
            }
            first.Add(range.First);
            last.Add(range.Last);
        }
        (_first, _last) = ([.. first], [.. last]);
    }

    public override bool IsAll => _first.Length == 1 && _first[0] == T.MinValue && _last[0] == T.MaxValue;

    public override int Size => _first.Length;

    /// <summary>The ranges: sorted, none adjacent to another.</summary>
    public IEnumerable<(T First, T Last)> Ranges => _first.Zip(_last);

    public static IValueIndex<T>? CreateIndex(IReadOnlyList<(int Rule, RangeSet<T> Set)> sets, int rules) => new Index(sets, rules);

    public override bool Contains(T fact)
    {
        var index = IndexOfLastStart(fact);
        return index >= 0 && fact <= _last[index];
    }

    public bool Covers(RangeSet<T> other)
    {
        for (var i = 0; i < other._first.Length; i++)
        {
            var index = IndexOfLastStart(other._first[i]);
            if (index < 0 || other._last[i] > _last[index]) return false;
        }
        return true;
    }

    // The last range that starts at or below the value, -1 for none.
    private int IndexOfLastStart(T value)
    {
        var (low, high) = (0, _first.Length - 1);
        while (low <= high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (_first[middle] <= value) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }

    private sealed class Index(IReadOnlyList<(int Rule, RangeSet<T> Set)> sets, int rules) : IValueIndex<T>
    {
        private readonly RangeIndex<T> _ranges = new(sets.SelectMany(static s => s.Set.Ranges.Select(r => (s.Rule, r.First, r.Last))), rules);

        public void Mark(T fact, ref RuleMarks marks) => _ranges.Mark(fact, ref marks);
    }
}
