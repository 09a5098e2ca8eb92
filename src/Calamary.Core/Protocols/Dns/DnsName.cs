using System.Globalization;

namespace Calamary.Core.Protocols.Dns;

/// <summary>Domain names on the wire (RFC 1035 §3.1, §4.1.4).</summary>
internal static class DnsName
{
    /// <summary>The longest name, with its lengths and the root's zero (RFC 1035 §2.3.4).</summary>
    public const int MaxLength = 255;

    private const int MaxLabelLength = 63;
    private const int PointerBits = 0xC0;
    private const int EscapeLength = 4;

    /// <summary>Moves over a name that may end in a compression pointer, which is not followed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="at">Where the name begins; then, where it ends.</param>
    /// <param name="pointer">Where the pointer is; -1 for none.</param>
    /// <returns>False when the name is cut off, too long, or has labels of another kind (RFC 6891 §5: there are none).</returns>
    public static bool TrySkip(ReadOnlySpan<byte> message, ref int at, out int pointer)
    {
        pointer = -1;
        var end = at;
        while ((uint)end < (uint)message.Length)
        {
            var length = message[end];
            if (length == 0)
            {
                if (end + 1 - at > MaxLength) return false;
                at = end + 1;
                return true;
            }
            if (length >= PointerBits)
            {
                if (end + 1 >= message.Length || end - at > MaxLength) return false;
                pointer = end;
                at = end + 2;
                return true;
            }
            if (length > MaxLabelLength) return false;
            end += 1 + length;
        }
        return false;
    }

    /// <summary>The name for the rules; null for the root. Servers answer for any bytes: a name with odd ones is written as in zone files
    /// (RFC 4343 §2.1), so that what holds for the domain above it holds for it as well.</summary>
    /// <param name="wire">A name without a pointer, its final zero included, as <see cref="TrySkip"/> found it.</param>
    public static string? Normalize(ReadOnlySpan<byte> wire)
    {
        Span<char> text = stackalloc char[MaxLength * EscapeLength];
        var length = 0;
        for (var at = 0; wire[at] != 0; at += 1 + wire[at])
        {
            if (length > 0) text[length++] = '.';
            foreach (var value in wire.Slice(at + 1, wire[at])) Append(value, text, ref length);
        }
        return length == 0 ? null : new string(text[..length]);
    }

    private static void Append(byte value, Span<char> text, ref int length)
    {
        var c = char.ToLowerInvariant((char)value);
        if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        {
            text[length++] = c;
            return;
        }
        text[length] = '\\';
        value.TryFormat(text[(length + 1)..], out _, "D3", CultureInfo.InvariantCulture);
        length += EscapeLength;
    }
}
