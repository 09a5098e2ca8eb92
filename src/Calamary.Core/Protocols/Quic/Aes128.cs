using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The block cipher AES-128 (FIPS 197). The framework's own allocates for every key, and each QUIC connection has other keys.</summary>
internal readonly struct Aes128
{
    /// <summary>In bytes.</summary>
    public const int BlockLength = 16;

    /// <summary>In bytes.</summary>
    public const int KeyLength = 16;

    private const int Rounds = 10;

    private readonly RoundKeys _keys;

    /// <summary>Expands a key (FIPS 197 §5.2).</summary>
    /// <param name="key">16 bytes.</param>
    public Aes128(ReadOnlySpan<byte> key)
    {
        Span<byte> words = stackalloc byte[BlockLength * (Rounds + 1)];
        key[..KeyLength].CopyTo(words);
        var constant = 1;
        for (var i = KeyLength; i < words.Length; i += 4)
        {
            var (a, b, c, d) = (words[i - 4], words[i - 3], words[i - 2], words[i - 1]);
            if (i % KeyLength == 0)
            {
                var box = SoftwareAes.SBox;
                (a, b, c, d) = ((byte)(box[b] ^ constant), box[c], box[d], box[a]);
                constant = constant << 1 ^ (constant >> 7) * 0x11B;
            }
            words[i] = (byte)(words[i - KeyLength] ^ a);
            words[i + 1] = (byte)(words[i + 1 - KeyLength] ^ b);
            words[i + 2] = (byte)(words[i + 2 - KeyLength] ^ c);
            words[i + 3] = (byte)(words[i + 3 - KeyLength] ^ d);
        }
        for (var i = 0; i <= Rounds; i++) _keys[i] = Vector128.Create<byte>(words.Slice(i * BlockLength, BlockLength));
    }

    /// <summary>Encrypts a block.</summary>
    public Vector128<byte> Encrypt(Vector128<byte> block)
    {
        if (X86Aes.IsSupported) return EncryptX86(block);
        return ArmAes.IsSupported ? EncryptArm(block) : EncryptSoftware(block);
    }

    /// <summary>Decrypts a block.</summary>
    public Vector128<byte> Decrypt(Vector128<byte> block)
    {
        if (X86Aes.IsSupported) return DecryptX86(block);
        return ArmAes.IsSupported ? DecryptArm(block) : DecryptSoftware(block);
    }

    internal Vector128<byte> EncryptSoftware(Vector128<byte> block) => SoftwareAes.Encrypt(_keys, block);

    internal Vector128<byte> DecryptSoftware(Vector128<byte> block) => SoftwareAes.Decrypt(_keys, block);

    private Vector128<byte> EncryptX86(Vector128<byte> block)
    {
        block ^= _keys[0];
        for (var i = 1; i < Rounds; i++) block = X86Aes.Encrypt(block, _keys[i]);
        return X86Aes.EncryptLast(block, _keys[Rounds]);
    }

    private Vector128<byte> DecryptX86(Vector128<byte> block)
    {
        block ^= _keys[Rounds];
        for (var i = Rounds - 1; i > 0; i--) block = X86Aes.Decrypt(block, X86Aes.InverseMixColumns(_keys[i]));
        return X86Aes.DecryptLast(block, _keys[0]);
    }

    // The instructions of Arm add the key first.
    private Vector128<byte> EncryptArm(Vector128<byte> block)
    {
        for (var i = 0; i < Rounds - 1; i++) block = ArmAes.MixColumns(ArmAes.Encrypt(block, _keys[i]));
        return ArmAes.Encrypt(block, _keys[Rounds - 1]) ^ _keys[Rounds];
    }

    private Vector128<byte> DecryptArm(Vector128<byte> block)
    {
        block = ArmAes.Decrypt(block, _keys[Rounds]);
        for (var i = Rounds - 1; i > 0; i--)
            block = ArmAes.Decrypt(ArmAes.InverseMixColumns(block), ArmAes.InverseMixColumns(_keys[i]));
        return block ^ _keys[0];
    }

    [InlineArray(Rounds + 1)]
    private struct RoundKeys
    {
        private Vector128<byte> _first;
    }
}
