using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Calamary.Core.Protocols.Quic;

/// <summary>The keys of one side's Initial packets (RFC 9001 §5.2). Anyone can make them from the client's first packet.</summary>
internal readonly struct InitialKeys
{
    /// <summary>The AEAD's nonce, in bytes.</summary>
    public const int NonceLength = 12;

    private const int SecretLength = 32;
    private const int MaxLabelLength = 32;

    private readonly Aes128 _packets;
    private readonly Aes128 _headers;
    private readonly ulong _iv;
    private readonly uint _ivStart;

    private InitialKeys(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> headerKey)
    {
        _packets = new Aes128(key);
        _headers = new Aes128(headerKey);
        _ivStart = BinaryPrimitives.ReadUInt32BigEndian(iv);
        _iv = BinaryPrimitives.ReadUInt64BigEndian(iv[sizeof(uint)..]);
    }

    /// <summary>The key of <see cref="Ghash"/>.</summary>
    public Vector128<byte> HashKey => _packets.Encrypt(Vector128<byte>.Zero);

    /// <summary>The client's keys.</summary>
    /// <param name="version">The version.</param>
    /// <param name="id">The destination connection id of the client's first packet.</param>
    public static InitialKeys OfClient(QuicVersion version, ReadOnlySpan<byte> id) => Derive(version, id, "tls13 client in"u8);

    /// <summary>The server's keys.</summary>
    /// <param name="version">The version.</param>
    /// <param name="id">The destination connection id of the client's first packet.</param>
    public static InitialKeys OfServer(QuicVersion version, ReadOnlySpan<byte> id) => Derive(version, id, "tls13 server in"u8);

    /// <summary>The mask of header protection (RFC 9001 §5.4.3).</summary>
    /// <param name="sample">16 bytes.</param>
    public Vector128<byte> Mask(ReadOnlySpan<byte> sample) => _headers.Encrypt(Vector128.Create(sample));

    /// <summary>Encrypts or decrypts what follows the header, and not the tag.</summary>
    /// <param name="number">The packet number.</param>
    /// <param name="text">The bytes.</param>
    public void Cipher(long number, Span<byte> text)
    {
        Span<byte> block = stackalloc byte[Aes128.BlockLength];
        WriteFirstBlock(number, block);
        for (var counter = 2u; !text.IsEmpty; counter++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(block[NonceLength..], counter);
            var stream = _packets.Encrypt(Vector128.Create<byte>(block));
            if (text.Length < Aes128.BlockLength)
            {
                for (var i = 0; i < text.Length; i++) text[i] ^= stream[i];
                return;
            }
            (Vector128.Create<byte>(text[..Aes128.BlockLength]) ^ stream).CopyTo(text);
            text = text[Aes128.BlockLength..];
        }
    }

    /// <summary>The tag of a packet (NIST SP 800-38D §7.1, step 6).</summary>
    /// <param name="number">The packet number.</param>
    /// <param name="hash">The hash of header and encrypted text.</param>
    public Vector128<byte> Tag(long number, Vector128<byte> hash)
    {
        Span<byte> block = stackalloc byte[Aes128.BlockLength];
        WriteFirstBlock(number, block);
        return _packets.Encrypt(Vector128.Create<byte>(block)) ^ hash;
    }

    /// <summary>The packet number with which a tag is right. The header has only its last bytes, and a receiver completes it from the numbers
    /// before (RFC 9000 appendix A.3), which someone who sees single packets does not know. But the tag itself has the nonce: encrypted.</summary>
    /// <param name="tag">The packet's tag.</param>
    /// <param name="hash">The hash of header and encrypted text.</param>
    /// <param name="number">The packet number.</param>
    /// <returns>False when the tag is not right for any number: of its 128 bits this checks 66, and those that the header has.</returns>
    public bool TryGetNumber(Vector128<byte> tag, Vector128<byte> hash, out long number)
    {
        Span<byte> block = stackalloc byte[Aes128.BlockLength];
        _packets.Decrypt(tag ^ hash).CopyTo(block);
        number = (long)(BinaryPrimitives.ReadUInt64BigEndian(block[sizeof(uint)..]) ^ _iv);
        return BinaryPrimitives.ReadUInt32BigEndian(block[NonceLength..]) == 1
            && BinaryPrimitives.ReadUInt32BigEndian(block) == _ivStart
            && number >> 62 == 0;
    }

    private static InitialKeys Derive(QuicVersion version, ReadOnlySpan<byte> id, ReadOnlySpan<byte> side)
    {
        Span<byte> initial = stackalloc byte[SecretLength];
        Span<byte> secret = stackalloc byte[SecretLength];
        Span<byte> keys = stackalloc byte[Aes128.KeyLength + NonceLength + Aes128.KeyLength];
        HMACSHA256.HashData(version.Salt, id, initial);
        ExpandLabel(initial, side, secret);
        var key = keys[..Aes128.KeyLength];
        var iv = keys.Slice(Aes128.KeyLength, NonceLength);
        var headerKey = keys[^Aes128.KeyLength..];
        ExpandLabel(secret, version.KeyLabel, key);
        ExpandLabel(secret, version.IvLabel, iv);
        ExpandLabel(secret, version.HeaderLabel, headerKey);
        return new InitialKeys(key, iv, headerKey);
    }

    /// <summary>HKDF-Expand-Label (RFC 8446 §7.1) with an empty context, for output of one hash or less.</summary>
    private static void ExpandLabel(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> output)
    {
        Span<byte> info = stackalloc byte[MaxLabelLength];
        Span<byte> hash = stackalloc byte[SecretLength];
        info.Clear();
        info[1] = (byte)output.Length;
        info[2] = (byte)label.Length;
        label.CopyTo(info[3..]);
        // Behind the label the context's length, 0, and the number of the block (RFC 5869 §2.3).
        info[4 + label.Length] = 1;
        HMACSHA256.HashData(secret, info[..(5 + label.Length)], hash);
        hash[..output.Length].CopyTo(output);
    }

    private void WriteFirstBlock(long number, Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, _ivStart);
        BinaryPrimitives.WriteUInt64BigEndian(block[sizeof(uint)..], _iv ^ (ulong)number);
        BinaryPrimitives.WriteUInt32BigEndian(block[NonceLength..], 1);
    }
}
