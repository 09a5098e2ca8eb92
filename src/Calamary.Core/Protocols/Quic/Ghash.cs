using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The hash of AES-GCM (NIST SP 800-38D §6.4): a polynomial over GF(2^128), whose bits stand in reverse order.</summary>
internal struct Ghash
{
    private readonly ulong _keyHigh;
    private readonly ulong _keyLow;

    // The key's square, to take two blocks at a time: their products do not wait for each other, and are reduced as one.
    private readonly ulong _squareHigh;
    private readonly ulong _squareLow;

    private ulong _high;
    private ulong _low;

    /// <param name="key">The zero block, encrypted.</param>
    public Ghash(Vector128<byte> key)
    {
        Span<byte> bytes = stackalloc byte[Aes128.BlockLength];
        key.CopyTo(bytes);
        _keyHigh = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _keyLow = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        (_squareHigh, _squareLow) = Reduce(Multiply(_keyHigh, _keyLow, _keyHigh, _keyLow));
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
        for (; bytes.Length >= 2 * Aes128.BlockLength; bytes = bytes[(2 * Aes128.BlockLength)..]) AddBlocks(bytes);
        for (; bytes.Length >= Aes128.BlockLength; bytes = bytes[Aes128.BlockLength..]) AddBlock(bytes);
        if (bytes.IsEmpty) return;
        Span<byte> last = stackalloc byte[Aes128.BlockLength];
        last.Clear();
        bytes.CopyTo(last);
        AddBlock(last);
    }

    private void AddBlock(ReadOnlySpan<byte> block) =>
        AddBlock(BinaryPrimitives.ReadUInt64BigEndian(block), BinaryPrimitives.ReadUInt64BigEndian(block[8..]));

    private void AddBlock(ulong high, ulong low) => (_high, _low) = Reduce(Multiply(high ^ _high, low ^ _low, _keyHigh, _keyLow));

    private void AddBlocks(ReadOnlySpan<byte> blocks)
    {
        var a = Multiply(Word(blocks, 0) ^ _high, Word(blocks, 1) ^ _low, _squareHigh, _squareLow);
        var b = Multiply(Word(blocks, 2), Word(blocks, 3), _keyHigh, _keyLow);
        (_high, _low) = Reduce((a.W3 ^ b.W3, a.W2 ^ b.W2, a.W1 ^ b.W1, a.W0 ^ b.W0));
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt64BigEndian(bytes[(index * sizeof(ulong))..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong W3, ulong W2, ulong W1, ulong W0) Multiply(ulong high, ulong low, ulong keyHigh, ulong keyLow)
    {
        // Karatsuba: the product of four words in three multiplications.
        var (h1, h0) = Carryless.Multiply(high, keyHigh);
        var (l1, l0) = Carryless.Multiply(low, keyLow);
        var (m1, m0) = Carryless.Multiply(high ^ low, keyHigh ^ keyLow);
        return (h1, h0 ^ m1 ^ h1 ^ l1, l1 ^ m0 ^ h0 ^ l0, l0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong High, ulong Low) Reduce((ulong W3, ulong W2, ulong W1, ulong W0) product)
    {
        // In reverse order the product is one bit short of the left.
        var v3 = product.W3 << 1 | product.W2 >> 63;
        var v2 = product.W2 << 1 | product.W1 >> 63;
        var v1 = product.W1 << 1 | product.W0 >> 63;
        var v0 = product.W0 << 1;

        // Modulo x^128 + x^7 + x^2 + x + 1, one word after the other.
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
        return (v3 ^ v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7, v2 ^ v1 << 63 ^ v1 << 62 ^ v1 << 57);
    }
}
