using System.Buffers;

namespace Calamary.Core.Protocols.Http2;

/// <summary>Integers with a prefix of some bits (RFC 7541 §5.1).</summary>
internal static class HpackInteger
{
    /// <summary>Bytes behind the prefix, at most: values beyond 2^28 are of no use here.</summary>
    private const int MaxMore = 4;

    public static bool TryRead(ReadOnlySpan<byte> block, ref int at, int prefixBits, out int value)
    {
        var mask = (1 << prefixBits) - 1;
        value = block[at++] & mask;
        if (value < mask) return true;
        for (var i = 0; i < MaxMore && at < block.Length; i++)
        {
            var next = block[at++];
            value += (next & 0x7F) << (7 * i);
            if ((next & 0x80) == 0) return true;
        }
        return false;
    }

    /// <param name="output">Where to.</param>
    /// <param name="pattern">The bits in front of the prefix.</param>
    /// <param name="prefixBits">How many bits of the first byte are the number's.</param>
    /// <param name="value">The number.</param>
    public static void Write(IBufferWriter<byte> output, byte pattern, int prefixBits, int value)
    {
        var span = output.GetSpan(MaxMore + 2);
        var mask = (1 << prefixBits) - 1;
        var at = 1;
        span[0] = (byte)(pattern | Math.Min(value, mask));
        if (value >= mask)
        {
            for (value -= mask; value >= 0x80; value >>= 7) span[at++] = (byte)(0x80 | value);
            span[at++] = (byte)value;
        }
        output.Advance(at);
    }
}
