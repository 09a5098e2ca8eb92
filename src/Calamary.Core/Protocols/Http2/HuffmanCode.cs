namespace Calamary.Core.Protocols.Http2;

/// <summary>The Huffman code of RFC 7541 appendix B. It is canonical: the codes follow from their lengths.</summary>
internal static class HuffmanCode
{
    private const int MinBits = 5;
    private const int MaxBits = 30;
    private const int EndOfString = 256;

    /// <summary>Codes up to here are found by one look into a table; these are all of ordinary text.</summary>
    private const int ShortBits = 8;

    /// <summary>How many bits each byte has; the last one is the end of the string.</summary>
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly uint[] Codes = new uint[EndOfString + 1];

    /// <summary>All symbols in the order of their codes.</summary>
    private static readonly ushort[] Symbols = new ushort[EndOfString + 1];

    /// <summary>By number of bits: the first code, where its symbol is, and the first 32 bits that belong to a longer code.</summary>
    private static readonly (uint First, int Index, ulong Limit)[] ByLength = new (uint, int, ulong)[MaxBits + 1];

    /// <summary>By the next eight bits: the symbol and its length; 0 for a longer code.</summary>
    private static readonly (byte Symbol, byte Bits)[] Short = new (byte, byte)[1 << ShortBits];

    static HuffmanCode()
    {
        var (code, index) = (0u, 0);
        for (var bits = MinBits; bits <= MaxBits; bits++)
        {
            var (first, start) = (code, index);
            for (var symbol = 0; symbol <= EndOfString; symbol++)
            {
                if (Lengths[symbol] != bits) continue;
                if (bits <= ShortBits) Array.Fill(Short, ((byte)symbol, (byte)bits), (int)code << (ShortBits - bits), 1 << (ShortBits - bits));
                Codes[symbol] = code++;
                Symbols[index++] = (ushort)symbol;
            }
            ByLength[bits] = (first, start, (ulong)code << (32 - bits));
            code <<= 1;
        }
    }

    /// <summary>How many bytes the text has when encoded.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        var bits = 0L;
        foreach (var c in text) bits += Lengths[c];
        return (int)((bits + 7) / 8);
    }

    /// <summary>Encodes into a span of <see cref="EncodedLength"/>.</summary>
    public static void Encode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var (pending, have, at) = (0UL, 0, 0);
        foreach (var c in text)
        {
            pending = pending << Lengths[c] | Codes[c];
            have += Lengths[c];
            for (; have >= 8; have -= 8) output[at++] = (byte)(pending >> (have - 8));
        }
        // Padded with ones, the beginning of the end of the string (RFC 7541 §5.2).
        if (have > 0) output[at] = (byte)(pending << (8 - have) | 0xFFu >> have);
    }

    /// <summary>Decodes a whole string.</summary>
    /// <param name="input">The encoded string.</param>
    /// <param name="output">Room for it.</param>
    /// <param name="length">How long it is; with <see cref="HpackStatus.TooLarge"/> it does not fit.</param>
    public static HpackStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        var (bits, have, at) = (0UL, 0, 0);
        length = 0;
        while (true)
        {
            for (; have <= 56 && at < input.Length; have += 8) bits = bits << 8 | input[at++];
            if (have == 0) return HpackStatus.Done;
            // The next 32 bits; behind the last one, ones.
            var next = have >= 32 ? (uint)(bits >> (have - 32)) : (uint)(bits << (32 - have)) | uint.MaxValue >> have;
            int symbol = Short[next >> (32 - ShortBits)].Symbol, used = Short[next >> (32 - ShortBits)].Bits;
            if (used == 0) (symbol, used) = FindLong(next);
            // What is left may be padding: less than a byte of ones (RFC 7541 §5.2).
            if (used > have) return have < 8 && next == uint.MaxValue ? HpackStatus.Done : HpackStatus.Malformed;
            if (symbol == EndOfString) return HpackStatus.Malformed;
            if (length == output.Length) return HpackStatus.TooLarge;
            output[length++] = (byte)symbol;
            have -= used;
        }
    }

    private static (int Symbol, int Bits) FindLong(uint next)
    {
        var bits = ShortBits + 1;
        while (next >= ByLength[bits].Limit) bits++;
        var (first, index, _) = ByLength[bits];
        return (Symbols[index + (int)((next >> (32 - bits)) - first)], bits);
    }
}
