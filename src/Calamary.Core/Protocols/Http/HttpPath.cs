using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Calamary.Core.Protocols.Http;

/// <summary>Paths as rules compare them.</summary>
public static class HttpPath
{
    /// <summary>Takes the path out of a request target: without query, <c>%xx</c> decoded once (RFC 3986 §2.1), then dot segments resolved
    /// (§5.2.4), never above the root. Nothing else is folded: neither case nor double slashes, backslashes, or what is encoded twice.</summary>
    /// <param name="target">The path and query of the origin or absolute form, or <c>*</c>; any bytes.</param>
    /// <returns>The path; bytes that are not UTF-8 count as a character each (Latin-1). Empty is <c>/</c>.</returns>
    public static string Normalise(ReadOnlySpan<byte> target)
    {
        var end = target.IndexOfAny((byte)'?', (byte)'#');
        if (end >= 0) target = target[..end];
        if (target.IsEmpty) return "/";
        if (target.IndexOf((byte)'%') < 0 && target.IndexOf("/."u8) < 0) return ToText(target);

        var buffer = ArrayPool<byte>.Shared.Rent(target.Length);
        var path = RemoveDots(Decode(target, buffer));
        var text = path.IsEmpty ? "/" : ToText(path);
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    private static string ToText(ReadOnlySpan<byte> path) => Utf8.IsValid(path) ? Encoding.UTF8.GetString(path) : Encoding.Latin1.GetString(path);

    private static Span<byte> Decode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && Digit(text[i + 1]) is >= 0 and var high && Digit(text[i + 2]) is >= 0 and var low)
            {
                output[length++] = (byte)(high << 4 | low);
                i += 2;
            }
            else
            {
                output[length++] = text[i];
            }
        }
        return output[..length];
    }

    /// <summary>In place: each segment is copied behind those that stay.</summary>
    private static Span<byte> RemoveDots(Span<byte> path)
    {
        var length = 0;
        for (var start = 0; start < path.Length;)
        {
            // A segment with the slash in front of it; the first one may lack that.
            var next = path[(start + 1)..].IndexOf((byte)'/');
            var end = next < 0 ? path.Length : start + 1 + next;
            var segment = path[start..end];
            var isLast = end == path.Length;
            if (segment.SequenceEqual("/."u8) || segment.SequenceEqual("/.."u8))
            {
                if (segment.Length == 3) length = Math.Max(path[..length].LastIndexOf((byte)'/'), 0);
                if (isLast) path[length++] = (byte)'/';
            }
            else
            {
                segment.CopyTo(path[length..]);
                length += segment.Length;
            }
            start = end;
        }
        return path[..length];
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
