using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The hash of AES-GCM (NIST SP 800-38D §6.4): a polynomial over GF(2^128), whose bits stand in reverse order.</summary>
internal struct Ghash
{
    private readonly ulong _keyHigh;
    private readonly ulong _keyLow;
    private ulong _high;
    private ulong _low;

    /// <param name="key">The zero block, encrypted.</param>
    public Ghash(Vector128<byte> key)
    {
        Span<byte> bytes = stackalloc byte[Aes128.BlockLength];
        key.CopyTo(bytes);
        _keyHigh = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _keyLow = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <summary>The hash of two texts and their lengths (§7.1, steps 4 and 5).</summary>
    public static Vector128<byte> Compute(Vector128<byte> key, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> encrypted)
    {
        var hash = new Ghash(key);
        hash.AddPadded(clear);
        hash.AddPadded(encrypted);
        hash.AddBlock((ulong)clear.Length * 8, (ulong)encrypted.Length * 8);
        Span<byte> result = stackalloc byte[Aes128.BlockLength];
        BinaryPrimitives.WriteUInt64BigEndian(result, hash._high);
        BinaryPrimitives.WriteUInt64BigEndian(result[8..], hash._low);
        return Vector128.Create<byte>(result);
    }

    private void AddPadded(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= Aes128.BlockLength; bytes = bytes[Aes128.BlockLength..]) AddBlock(bytes);
        if (bytes.IsEmpty) return;
        Span<byte> last = stackalloc byte[Aes128.BlockLength];
        last.Clear();
        bytes.CopyTo(last);
        AddBlock(last);
    }

    private void AddBlock(ReadOnlySpan<byte> block) =>
        AddBlock(BinaryPrimitives.ReadUInt64BigEndian(block), BinaryPrimitives.ReadUInt64BigEndian(block[8..]));

    private void AddBlock(ulong high, ulong low)
    {
        high ^= _high;
        low ^= _low;
        // Karatsuba: the product of four words in three multiplications.
        var (h1, h0) = Carryless.Multiply(high, _keyHigh);
        var (l1, l0) = Carryless.Multiply(low, _keyLow);
        var (m1, m0) = Carryless.Multiply(high ^ low, _keyHigh ^ _keyLow);
        var (v3, v2, v1, v0) = (h1, h0 ^ m1 ^ h1 ^ l1, l1 ^ m0 ^ h0 ^ l0, l0);

        // In reverse order the product is one bit short of the left.
        v3 = v3 << 1 | v2 >> 63;
        v2 = v2 << 1 | v1 >> 63;
        v1 = v1 << 1 | v0 >> 63;
        v0 <<= 1;

        // Modulo x^128 + x^7 + x^2 + x + 1, one word after the other.
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
        _high = v3 ^ v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
        _low = v2 ^ v1 << 63 ^ v1 << 62 ^ v1 << 57;
    }
}
