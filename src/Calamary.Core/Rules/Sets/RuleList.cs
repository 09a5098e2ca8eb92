using System.Runtime.CompilerServices;

namespace Calamary.Core.Rules.Sets;

/// <summary>Rules to be marked together: one by one where they are few, else a bit for each.</summary>
internal readonly struct RuleList
{
    /// <param name="rules">Their numbers.</param>
    /// <param name="count">The number of all rules.</param>
    public RuleList(IReadOnlyCollection<int> rules, int count)
    {
        if (rules.Count <= RuleMarks.MaxFew)
        {
            Few = [.. rules];
            return;
        }
        Many = new ulong[RuleBits.WordsFor(count)];
        foreach (var rule in rules) RuleBits.Set(Many, rule);
    }

    /// <summary>A few rules; null when they are many.</summary>
    public int[]? Few { get; }

    /// <summary>Bits of many rules; null when they are few.</summary>
    public ulong[]? Many { get; }
}

/// <summary>The lists of rules that a fact fulfils, on their way to the candidates.</summary>
internal ref struct RuleMarks(Span<ulong> candidates, Span<ulong> scratch)
{
    /// <summary>Up to so many rules are told one by one.</summary>
    public const int MaxFew = 32;

    private const int MaxKept = 64;

    private readonly Span<ulong> _candidates = candidates;
    private readonly Span<ulong> _scratch = scratch;
    private Kept _kept;
    private int _count;
    private ulong[]? _many;
    private bool _usesScratch;

    /// <summary>Marks the rules of a list.</summary>
    public void Add(in RuleList list)
    {
        if (list.Many is { } many)
        {
            if (_many is null) _many = many;
            else RuleBits.Unite(Scratch(), many);
        }
        else if (list.Few is { } few)
        {
            foreach (var rule in few) Add(rule);
        }
    }

    /// <summary>Keeps of the candidates those that were marked, and those of <paramref name="always"/>.</summary>
    public void Narrow(ReadOnlySpan<ulong> always)
    {
        if (_usesScratch) RuleBits.Intersect(_candidates, always, _many is null ? _scratch : UniteMany());
        else if (_many is not null) RuleBits.Intersect(_candidates, always, _many);
        else RuleBits.Intersect(_candidates, always);
        for (var i = 0; i < _count; i++) RuleBits.Set(_candidates, _kept[i]);
    }

    private void Add(int rule)
    {
        if (!RuleBits.Has(_candidates, rule)) return;
        if (_count < MaxKept) _kept[_count++] = rule;
        else RuleBits.Set(Scratch(), rule);
    }

    private Span<ulong> UniteMany()
    {
        RuleBits.Unite(_scratch, _many!);
        return _scratch;
    }

    private Span<ulong> Scratch()
    {
        if (!_usesScratch) _scratch.Clear();
        _usesScratch = true;
        return _scratch;
    }

    [InlineArray(MaxKept)]
    private struct Kept
    {
        private int _first;
    }
}
