using System.Text;
using Calamary.Core.Protocols.Http;

namespace Calamary.Inspection.Replay;

/// <summary>Finds the host that an HTTP/1 request names. It takes every head that <see cref="HttpRequestParser"/> takes for one, and of a cut one what
/// is there.</summary>
internal static class RequestHost
{
    private const int MaxLength = 253;

    /// <summary>Whether the head is there to its end.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.TrimStart("\r\n"u8);
        return head.IndexOf("\n\r\n"u8) >= 0 || head.IndexOf("\n\n"u8) >= 0;
    }

    /// <summary>The target's host, else that of the field Host: lower case, without port and final dot. Null for none, several or an odd one.</summary>
    public static string? Find(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes.TrimStart("\r\n"u8);
        if (!TryReadLine(ref rest, out var line)) return null;
        if (TryGetAuthority(line, out var authority)) return Normalize(authority);
        string? host = null;
        while (TryReadLine(ref rest, out line) && !line.IsEmpty)
        {
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !Ascii.EqualsIgnoreCase(HttpChars.Trim(line[..colon]), "Host"u8)) continue;
            var found = Normalize(HttpChars.Trim(line[(colon + 1)..]));
            if (host is not null && host != found) return null;
            host = found;
        }
        return host;
    }

    private static bool TryReadLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? default : rest[..end].TrimEnd((byte)'\r');
        if (end < 0) return false;
        rest = rest[(end + 1)..];
        return true;
    }

    /// <summary>The authority of a CONNECT's or an absolute-form's target (RFC 9112 §3.2.2, §3.2.3).</summary>
    private static bool TryGetAuthority(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> authority)
    {
        authority = default;
        var blank = line.IndexOfAny(" \t"u8);
        if (blank < 0) return false;
        var target = HttpChars.Trim(line[blank..]);
        if (target.IndexOfAny(" \t"u8) is var end && end >= 0) target = target[..end];
        if (line[..blank].SequenceEqual("CONNECT"u8))
        {
            authority = target;
            return true;
        }
        var scheme = target.IndexOf("://"u8);
        if (scheme <= 0 || target[..scheme].ContainsAny("/?"u8)) return false;
        authority = target[(scheme + 3)..];
        if (authority.IndexOfAny("/?"u8) is var path && path >= 0) authority = authority[..path];
        authority = authority[(authority.LastIndexOf((byte)'@') + 1)..];
        return true;
    }

    private static string? Normalize(ReadOnlySpan<byte> authority)
    {
        var end = authority.LastIndexOf((byte)':');
        // In brackets colons are an IPv6 address'.
        if (end >= 0 && authority[end..].IndexOf((byte)']') < 0) authority = authority[..end];
        if (authority is [.., (byte)'.']) authority = authority[..^1];
        if (authority.Length is 0 or > MaxLength || !HttpChars.IsVisible(authority)) return null;
        return string.Create(authority.Length, authority, static (chars, bytes) => Ascii.ToLower(bytes, chars, out _));
    }
}
