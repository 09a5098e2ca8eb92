using System.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>A request target taken apart (RFC 9112 §3.2), not yet parsed as host and port.</summary>
internal readonly ref struct HttpTarget
{
    private HttpTarget(HttpTargetForm form, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        Form = form;
        Authority = authority;
        Path = path;
    }

    public HttpTargetForm Form { get; }

    /// <summary>Of the absolute and the authority form; else empty.</summary>
    public ReadOnlySpan<byte> Authority { get; }

    /// <summary>Path and query; without a path it is empty or starts with the query.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>Returns what is wrong, or null.</summary>
    public static string? Parse(ReadOnlySpan<byte> method, ReadOnlySpan<byte> text, out HttpTarget target)
    {
        target = default;
        // A fragment is never sent (RFC 9110 §7.1).
        if (text.IsEmpty || !HttpChars.IsVisible(text) || text.Contains((byte)'#')) return HttpErrors.Target;
        if (method.SequenceEqual("CONNECT"u8))
        {
            target = new HttpTarget(HttpTargetForm.Authority, text, default);
            return null;
        }
        if (text[0] == '/')
        {
            target = new HttpTarget(HttpTargetForm.Origin, default, text);
            return null;
        }
        if (text.SequenceEqual("*"u8))
        {
            target = new HttpTarget(HttpTargetForm.Asterisk, default, default);
            return method.SequenceEqual("OPTIONS"u8) ? null : HttpErrors.Target;
        }
        return ParseAbsolute(text, out target);
    }

    private static string? ParseAbsolute(ReadOnlySpan<byte> text, out HttpTarget target)
    {
        target = default;
        var colon = text.IndexOf("://"u8);
        if (colon < 0) return HttpErrors.Target;
        if (!Ascii.EqualsIgnoreCase(text[..colon], "http"u8)) return HttpErrors.Scheme;
        var rest = text[(colon + 3)..];
        var end = rest.IndexOfAny((byte)'/', (byte)'?');
        if (end < 0) end = rest.Length;
        target = new HttpTarget(HttpTargetForm.Absolute, rest[..end], rest[end..]);
        return null;
    }
}
