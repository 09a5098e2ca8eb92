using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Tls;

/// <summary>Recognises a HelloRetryRequest (RFC 8446 §4.1.4): a ServerHello with a random of its own, after which the client sends its
/// hello once more.</summary>
public static class HelloRetryRequest
{
    private const int RandomOffset = 5 + 4 + 2;
    private const byte ServerHelloType = 2;
    private const byte ChangeCipherSpecType = 20;
    private const int ChangeCipherSpecLength = 6;

    /// <summary>SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3).</summary>
    private static ReadOnlySpan<byte> Random =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    /// <summary>Whether a server's first bytes are one.</summary>
    public static bool IsAt(ReadOnlySpan<byte> input) =>
        input.Length >= RandomOffset + Random.Length && input[0] == HandshakeReader.HandshakeType && input[5] == ServerHelloType
        && input.Slice(RandomOffset, Random.Length).SequenceEqual(Random);

    /// <summary>How many bytes of change_cipher_spec stand before the second hello, for middleboxes' sake (RFC 8446 appendix D.4):
    /// 0 or 6; -1 when more bytes are needed to say.</summary>
    public static int SkipChangeCipherSpec(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return -1;
        if (input[0] != ChangeCipherSpecType) return 0;
        if (input.Length < ChangeCipherSpecLength) return -1;
        return BinaryPrimitives.ReadUInt16BigEndian(input[3..]) == 1 ? ChangeCipherSpecLength : 0;
    }
}
