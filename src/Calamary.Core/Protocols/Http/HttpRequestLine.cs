namespace Calamary.Core.Protocols.Http;

/// <summary>A request line (RFC 9112 §3).</summary>
internal readonly ref struct HttpRequestLine
{
    private HttpRequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, int minorVersion)
    {
        Method = method;
        Target = target;
        MinorVersion = minorVersion;
    }

    public ReadOnlySpan<byte> Method { get; }

    public ReadOnlySpan<byte> Target { get; }

    public int MinorVersion { get; }

    /// <summary>Splits the line at its two blanks. Returns what is wrong, or null.</summary>
    public static string? Parse(ReadOnlySpan<byte> text, out HttpRequestLine line)
    {
        line = default;
        if (text.StartsWith(" "u8) || text.StartsWith("\t"u8)) return HttpErrors.Folding;
        var first = text.IndexOf((byte)' ');
        var last = text.LastIndexOf((byte)' ');
        if (first < 0 || first == last) return HttpErrors.RequestLine;
        var method = text[..first];
        if (method.Length > HttpRequestParser.MaxMethodLength || !HttpChars.IsToken(method)) return HttpErrors.RequestLine;
        if (!HttpVersionText.TryParse(text[(last + 1)..], out var minorVersion)) return HttpErrors.Version;
        line = new HttpRequestLine(method, text[(first + 1)..last], minorVersion);
        return null;
    }
}
