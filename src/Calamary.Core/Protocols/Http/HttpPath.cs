using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>Paths as rules compare them. docs/criteria/host-path-method.md says what is folded and what is not.</summary>
internal static class HttpPath
{
    private const int MaxOnStack = 512;
    private const byte Slash = (byte)'/';

    /// <summary>The path of a request target: without scheme, authority, query and fragment; <c>%xx</c> decoded once; several slashes in a row
    /// as one; dot segments resolved (RFC 3986 §5.2.4), never above the root. Bytes are UTF-8, others become U+FFFD. It begins with <c>/</c>,
    /// or is <c>*</c>.</summary>
    public static string Normalise(ReadOnlySpan<byte> target)
    {
        if (target.SequenceEqual("*"u8)) return "*";
        var path = PathOf(target);
        // No path becomes longer, but by a slash in front.
        Span<byte> buffer = path.Length < MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[path.Length + 1];
        return Encoding.UTF8.GetString(ResolveDots(Decode(path, buffer)));
    }

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        var end = target.IndexOfAny((byte)'?', (byte)'#');
        if (end >= 0) target = target[..end];
        if (target is [Slash, ..]) return target;
        // The absolute form (RFC 9112 §3.2.2) names the same resource.
        var scheme = target.IndexOf("://"u8);
        if (scheme < 0 || target[..scheme].Contains(Slash)) return target;
        var authority = target[(scheme + 3)..];
        var path = authority.IndexOf(Slash);
        return path < 0 ? default : authority[path..];
    }

    /// <summary>Decodes, merges slashes, and puts one in front where there is none.</summary>
    private static Span<byte> Decode(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        buffer[0] = Slash;
        var length = 1;
        for (var i = 0; i < path.Length; i++)
        {
            var value = path[i];
            if (value == '%' && TryDecode(path[i..], out var decoded))
            {
                value = decoded;
                i += 2;
            }
            if (value != Slash || buffer[length - 1] != Slash) buffer[length++] = value;
        }
        return buffer[..length];
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || !char.IsAsciiHexDigit((char)text[1]) || !char.IsAsciiHexDigit((char)text[2])) return false;
        value = (byte)((Digit(text[1]) << 4) | Digit(text[2]));
        return true;

        static int Digit(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    }

    /// <summary>In place. Each segment that stays is written with the slash in front of it.</summary>
    private static Span<byte> ResolveDots(Span<byte> path)
    {
        var length = 0;
        for (var at = 0; at < path.Length;)
        {
            var next = path[(at + 1)..].IndexOf(Slash);
            var end = next < 0 ? path.Length : at + 1 + next;
            var segment = path[at..end];
            at = end;
            var isDot = segment[1..].SequenceEqual("."u8);
            var isDotDot = segment[1..].SequenceEqual(".."u8);
            if (!isDot && !isDotDot)
            {
                segment.CopyTo(path[length..]);
                length += segment.Length;
                continue;
            }
            if (isDotDot && length > 0) length = path[..length].LastIndexOf(Slash);
            // A path that ends with a dot segment is a directory's.
            if (end == path.Length) path[length++] = Slash;
        }
        return path[..length];
    }
}
