using System.Numerics;

namespace Calamary.Core.Rules.Sets;

/// <summary>The ranges of many rules. They are cut into blocks whose borders are powers of two, as networks are, so that two either nest or have nothing in
/// common: a binary search finds the innermost block of a number, and its parents are the others.</summary>
internal sealed class RangeIndex<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>, IUnsignedNumber<T>
{
    private const int None = -1;

    private readonly T[] _first;
    private readonly T[] _last;
    private readonly int[] _parent;
    private readonly RuleList[] _rules;

    /// <param name="ranges">Inclusive ranges.</param>
    /// <param name="rules">The number of all rules.</param>
    public RangeIndex(IEnumerable<(int Rule, T First, T Last)> ranges, int rules)
    {
        var blocks = new Dictionary<(T First, T Last), List<int>>();
        foreach (var (rule, first, last) in ranges)
            foreach (var block in Cut(first, last))
            {
                if (!blocks.TryGetValue(block, out var list)) blocks.Add(block, list = []);
                list.Add(rule);
            }
        // Parents come before what they hold.
        var sorted = blocks.OrderBy(static b => b.Key.First).ThenByDescending(static b => b.Key.Last).ToList();
        _first = [.. sorted.Select(static b => b.Key.First)];
        _last = [.. sorted.Select(static b => b.Key.Last)];
        _rules = [.. sorted.Select(b => new RuleList(b.Value, rules))];
        _parent = new int[sorted.Count];
        for (var i = 0; i < sorted.Count; i++)
        {
            var parent = i - 1;
            while (parent != None && _last[parent] < _last[i]) parent = _parent[parent];
            _parent[i] = parent;
        }
    }

    public void Mark(T number, ref RuleMarks marks)
    {
        var (low, high) = (0, _first.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (_first[middle] <= number) low = middle + 1;
            else high = middle - 1;
        }
        for (var block = high; block != None; block = _parent[block])
        {
            if (number <= _last[block]) marks.Add(_rules[block]);
        }
    }

    private static IEnumerable<(T First, T Last)> Cut(T first, T last)
    {
        while (true)
        {
            // The largest block that begins here and does not go too far.
            var size = T.Zero;
            while (true)
            {
                var larger = (size << 1) | T.One;
                if (larger == size || (first & larger) != T.Zero || last - first < larger) break;
                size = larger;
            }
            yield return (first, first + size);
            if (first + size >= last) yield break;
            first += size + T.One;
        }
    }
}
