using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Stun;

/// <summary>The messages of RFC 8489 §5 that a client sends.</summary>
internal static class StunMessage
{
    /// <summary>Type, length, cookie, transaction.</summary>
    public const int HeaderLength = 20;

    /// <summary>Where the cookie ends.</summary>
    public const int CookieEnd = 8;

    /// <summary>Type and length of an attribute.</summary>
    public const int AttributeHeaderLength = 4;

    private const uint Cookie = 0x2112A442;
    private const ushort Fingerprint = 0x8028;
    private const uint FingerprintMask = 0x5354554E;
    private const int FingerprintLength = AttributeHeaderLength + 4;

    /// <summary>Whether the first bytes of a message, as many as there are, may begin one that a client sends. The cookie is not looked at.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> start)
    {
        if (start.Length > 0 && start[0] != 0) return false;
        if (start.Length > 1 && !IsOfClient(start[1])) return false;
        // All attributes are padded to four bytes (RFC 8489 §5).
        return start.Length <= 3 || start[3] % 4 == 0;
    }

    /// <summary>The whole length, from the header. The header must be there up to it.</summary>
    public static int ReadLength(ReadOnlySpan<byte> message) => HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(message[2..]);

    /// <summary>Whether the cookie is there, which RFC 3489 did not have.</summary>
    public static bool HasCookie(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32BigEndian(message[4..]) == Cookie;

    /// <summary>Checks the attributes of a whole message.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    public static string? Check(ReadOnlySpan<byte> message)
    {
        for (var at = HeaderLength; at < message.Length;)
        {
            if (!TryReadAttribute(message, at, out var type, out var value)) return StunErrors.Attributes;
            var next = at + AttributeHeaderLength + (value.Length + 3 & ~3);
            // It is the last one, over all in front of it (RFC 8489 §14.7).
            if (type == Fingerprint && (next != message.Length || !IsFingerprint(message, value))) return StunErrors.Fingerprint;
            at = next;
        }
        return null;
    }

    /// <summary>Reads one attribute. False when it, with its padding, is cut off.</summary>
    public static bool TryReadAttribute(ReadOnlySpan<byte> message, int at, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (message.Length - at < AttributeHeaderLength) return false;
        type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        if (message.Length - at - AttributeHeaderLength < (length + 3 & ~3)) return false;
        value = message.Slice(at + AttributeHeaderLength, length);
        return true;
    }

    // Requests: Binding, Allocate, Refresh, CreatePermission, ChannelBind, Connect, ConnectionBind (RFC 8489 §18.2, RFC 8656 §17,
    // RFC 6062 §6.1); indications, which have the bit 0x10: Binding, Send.
    private static bool IsOfClient(byte type) => type is 0x01 or 0x03 or 0x04 or 0x08 or 0x09 or 0x0A or 0x0B or 0x11 or 0x16;

    private static bool IsFingerprint(ReadOnlySpan<byte> message, ReadOnlySpan<byte> value) =>
        value.Length == 4 && BinaryPrimitives.ReadUInt32BigEndian(value) == (Crc32.Compute(message[..^FingerprintLength]) ^ FingerprintMask);
}
