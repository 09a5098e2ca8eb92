using System.Numerics;
using System.Runtime.InteropServices;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The bytes of CRYPTO frames in their order (RFC 9000 §7.5, §19.6), however they come.</summary>
internal ref struct CryptoStream
{
    /// <summary>The longest stream, in bytes. Callers hold no more of a flow.</summary>
    public const int Capacity = 1 << 16;

    /// <summary>How much memory it needs, in bytes.</summary>
    public const int MemoryLength = Capacity + Capacity / 8;

    private const int WordBits = 64;

    private readonly Span<byte> _bytes;

    /// <summary>A bit for each byte that is there.</summary>
    private readonly Span<ulong> _present;

    private int _available;

    /// <param name="memory">Of <see cref="MemoryLength"/>; need not be clear.</param>
    public CryptoStream(Span<byte> memory)
    {
        _bytes = memory[..Capacity];
        _present = MemoryMarshal.Cast<byte, ulong>(memory[Capacity..MemoryLength]);
        _present.Clear();
    }

    /// <summary>Behind the last byte that is there.</summary>
    public int End { get; private set; }

    /// <summary>What is there without a gap.</summary>
    public ReadOnlySpan<byte> Available
    {
        get
        {
            while (_available < Capacity)
            {
                var at = _available % WordBits;
                var run = BitOperations.TrailingZeroCount(~(_present[_available / WordBits] >> at));
                _available += Math.Min(run, WordBits - at);
                if (run < WordBits - at) break;
            }
            return _bytes[.._available];
        }
    }

    /// <summary>Adds a frame's bytes. What was there already must be the same: receivers differ in which of two they take.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Add(long offset, scoped ReadOnlySpan<byte> data)
    {
        if (offset + data.Length > Capacity) return QuicErrors.CryptoLength;
        var at = (int)offset;
        if (!data.IsEmpty) End = Math.Max(End, at + data.Length);
        while (!data.IsEmpty)
        {
            var count = Math.Min(WordBits - at % WordBits, data.Length);
            if (!AddInWord(at, data[..count])) return QuicErrors.CryptoConflict;
            at += count;
            data = data[count..];
        }
        return null;
    }

    private readonly bool AddInWord(int at, ReadOnlySpan<byte> data)
    {
        ref var present = ref _present[at / WordBits];
        var mask = ulong.MaxValue >> (WordBits - data.Length) << (at % WordBits);
        var bytes = _bytes.Slice(at, data.Length);
        var before = present & mask;
        if (before == mask) return bytes.SequenceEqual(data);
        if (before != 0)
            for (var i = 0; i < data.Length; i++)
                if ((before >> (at % WordBits + i) & 1) != 0 && bytes[i] != data[i]) return false;
        data.CopyTo(bytes);
        present |= mask;
        return true;
    }
}
