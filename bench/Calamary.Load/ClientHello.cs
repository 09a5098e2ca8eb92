using System.Buffers.Binary;
using System.Text;

namespace Calamary.Load;

/// <summary>Builds the TLS record of a browser's ClientHello (RFC 8446 §4.1.2), the same bytes at each call.</summary>
internal static class ClientHello
{
    /// <summary>Of the classic hello: 512 bytes of handshake, padded (RFC 7685), in one record.</summary>
    public const int Size = 517;

    // Record and handshake headers, version, random, session id, 15 suites, compression, length of the extensions.
    private const int LengthWithoutExtensions = 9 + 2 + 32 + 33 + 32 + 2 + 2;
    private const ushort X25519 = 0x001d;

    /// <summary>A hello of <see cref="Size"/> bytes.</summary>
    /// <exception cref="ArgumentException">The name leaves no room for padding.</exception>
    public static byte[] For(string serverName)
    {
        var extensions = Extensions(serverName);
        var padding = Size - LengthWithoutExtensions - extensions.Length;
        if (padding < 4)
            throw new ArgumentException("The name is too long.", nameof(serverName));
        byte[] body =
        [
            0x03, 0x03, .. Noise(32, seed: 1), 32, .. Noise(32, seed: 2),
            .. Sized16(Words(
                0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035)),
            1, 0,
            .. Sized16([.. extensions, .. Extension(0x0015, new byte[padding - 4])]),
        ];
        return [0x16, 0x03, 0x01, .. Sized16([0x01, 0x00, .. Sized16(body)])];
    }

    private static byte[] Extensions(string serverName) =>
    [
        .. Extension(0x0000, Sized16([0, .. Sized16(Encoding.ASCII.GetBytes(serverName))])),
        .. Extension(0x0017, []),
        .. Extension(0xff01, [0]),
        .. Extension(0x000a, Sized16(Words(X25519, 0x0017, 0x0018))),
        .. Extension(0x000b, [1, 0]),
        .. Extension(0x0023, []),
        .. Extension(0x0010, Sized16([2, .. "h2"u8, 8, .. "http/1.1"u8])),
        .. Extension(0x0005, [1, 0, 0, 0, 0]),
        .. Extension(0x000d, Sized16(Words(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601))),
        .. Extension(0x0012, []),
        .. Extension(0x0033, Sized16([.. Words(X25519), .. Sized16(Noise(32, seed: 3))])),
        .. Extension(0x002d, [1, 1]),
        .. Extension(0x002b, [4, 0x03, 0x04, 0x03, 0x03]),
        .. Extension(0x001b, [2, 0, 2]),
    ];

    private static byte[] Extension(ushort type, byte[] data) => [.. Words(type), .. Sized16(data)];

    private static byte[] Sized16(byte[] data) => [.. Words((ushort)data.Length), .. data];

    private static byte[] Words(params ReadOnlySpan<ushort> values)
    {
        var bytes = new byte[values.Length * 2];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(i * 2), values[i]);
        return bytes;
    }

    // Fixed, so that every run sends the same hello; nothing secret hangs on it.
    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        var state = (uint)seed * 2654435761u;
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)((state = state * 1664525 + 1013904223) >> 24);
        return bytes;
    }
}
