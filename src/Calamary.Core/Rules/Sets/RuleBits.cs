using System.Numerics;
using System.Runtime.InteropServices;

namespace Calamary.Core.Rules.Sets;

/// <summary>A set of rules: a bit for each.</summary>
internal static class RuleBits
{
    private const int Bits = 64;

    /// <summary>Words for so many rules.</summary>
    public static int WordsFor(int rules) => (rules + Bits - 1) / Bits;

    public static void Set(Span<ulong> bits, int rule) => bits[rule / Bits] |= 1UL << (rule % Bits);

    public static bool Has(ReadOnlySpan<ulong> bits, int rule) => (bits[rule / Bits] >> (rule % Bits) & 1) != 0;

    public static void Clear(Span<ulong> bits, int rule) => bits[rule / Bits] &= ~(1UL << (rule % Bits));

    /// <summary>All of so many rules.</summary>
    public static ulong[] Full(int rules)
    {
        var bits = new ulong[WordsFor(rules)];
        for (var rule = 0; rule < rules; rule++) Set(bits, rule);
        return bits;
    }

    /// <summary>Keeps those that are in both.</summary>
    public static void Intersect(Span<ulong> bits, ReadOnlySpan<ulong> others)
    {
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(bits);
        var otherVectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(others)[..vectors.Length];
        for (var i = 0; i < vectors.Length; i++) vectors[i] &= otherVectors[i];
        for (var i = vectors.Length * Vector<ulong>.Count; i < bits.Length; i++) bits[i] &= others[i];
    }

    /// <summary>Keeps those that are in any of two others.</summary>
    public static void Intersect(Span<ulong> bits, ReadOnlySpan<ulong> one, ReadOnlySpan<ulong> other)
    {
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(bits);
        var ones = MemoryMarshal.Cast<ulong, Vector<ulong>>(one)[..vectors.Length];
        var others = MemoryMarshal.Cast<ulong, Vector<ulong>>(other)[..vectors.Length];
        for (var i = 0; i < vectors.Length; i++) vectors[i] &= ones[i] | others[i];
        for (var i = vectors.Length * Vector<ulong>.Count; i < bits.Length; i++) bits[i] &= one[i] | other[i];
    }

    /// <summary>Adds those of the other.</summary>
    public static void Unite(Span<ulong> bits, ReadOnlySpan<ulong> others)
    {
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(bits);
        var otherVectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(others)[..vectors.Length];
        for (var i = 0; i < vectors.Length; i++) vectors[i] |= otherVectors[i];
        for (var i = vectors.Length * Vector<ulong>.Count; i < bits.Length; i++) bits[i] |= others[i];
    }

    /// <summary>The first rule from <paramref name="from"/> on; -1 for none.</summary>
    public static int First(ReadOnlySpan<ulong> bits, int from)
    {
        var word = from / Bits;
        if (word >= bits.Length) return -1;
        var left = bits[word] & (ulong.MaxValue << (from % Bits));
        while (left == 0)
        {
            if (++word == bits.Length) return -1;
            left = bits[word];
        }
        return word * Bits + BitOperations.TrailingZeroCount(left);
    }
}
