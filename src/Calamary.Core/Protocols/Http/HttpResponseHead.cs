namespace Calamary.Core.Protocols.Http;

/// <summary>The head of an HTTP/1.x response, checked strictly (RFC 9112). It lives over the bytes that it was parsed from.</summary>
public readonly ref struct HttpResponseHead
{
    private readonly HttpFieldSummary _summary;

    private HttpResponseHead(int minorVersion, int status, ReadOnlySpan<byte> reason, HttpFields fields, HttpFieldSummary summary)
    {
        MinorVersion = minorVersion;
        Status = status;
        Reason = reason;
        Fields = fields;
        _summary = summary;
    }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int MinorVersion { get; }

    /// <summary>The status code, 100 to 999.</summary>
    public int Status { get; }

    /// <summary>The reason phrase, possibly empty.</summary>
    public ReadOnlySpan<byte> Reason { get; }

    /// <summary>The fields.</summary>
    public HttpFields Fields { get; }

    /// <summary>Content-Length in bytes; null without one.</summary>
    public long? ContentLength => _summary.ContentLength;

    /// <summary>Whether Transfer-Encoding is <c>chunked</c>.</summary>
    public bool IsChunked => _summary.Chunked;

    /// <summary>Whether another head follows for the same request (RFC 9110 §15.2); 101 is final.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>Whether the server keeps the connection, if the body's end allows it (RFC 9112 §9.3).</summary>
    public bool IsPersistent => _summary.IsPersistent(MinorVersion);

    /// <summary>Whether the connection is a WebSocket from here on (RFC 6455 §4.2.2).</summary>
    public bool UpgradesToWebSocket => Status == 101 && MinorVersion > 0 && _summary.UpgradesToWebSocket;

    /// <summary>Whether a message with this status never has a body nor its fields (RFC 9110 §8.6).</summary>
    internal bool IsBodiless => Status is < 200 or 204;

    /// <summary>Where the body ends (RFC 9112 §6.3).</summary>
    /// <param name="toHead">Whether the request was HEAD.</param>
    /// <param name="toConnect">Whether the request was CONNECT.</param>
    public HttpBodyFraming GetBody(bool toHead = false, bool toConnect = false)
    {
        if (toHead || IsBodiless || Status == 304 || (toConnect && Status is >= 200 and < 300)) return default;
        if (IsChunked) return new HttpBodyFraming(HttpBodyKind.Chunked);
        return ContentLength switch
        {
            null => new HttpBodyFraming(HttpBodyKind.UntilClose),
            0 => default,
            var length => new HttpBodyFraming(HttpBodyKind.Length, length.Value),
        };
    }

    /// <summary>Parses a head of up to 64 KB and 200 fields.</summary>
    /// <param name="input">All bytes received so far, from the head's first one.</param>
    /// <param name="head">The head, when Done.</param>
    /// <returns>Done with the length of the head, its empty line included; NeedMoreData; or Malformed with one of
    /// <see cref="HttpErrors"/>.</returns>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out HttpResponseHead head)
    {
        head = default;
        var reader = new HttpHeadReader(input);
        var status = reader.ReadLine(out var line, out var error);
        if (status != ParseStatus.Done) return Undone(status, input, error);
        error = ParseStatusLine(line, out var minorVersion, out var code, out var reason);
        if (error is not null) return ParseResult.Malformed(error);

        status = reader.ReadFields(out var fields, out var summary, out error);
        if (status != ParseStatus.Done) return Undone(status, input, error);
        error = summary.Check(minorVersion);
        if (error is not null) return ParseResult.Malformed(error);
        head = new HttpResponseHead(minorVersion, code, reason, fields, summary);
        return ParseResult.Done(reader.Position);
    }

    private static string? ParseStatusLine(ReadOnlySpan<byte> line, out int minorVersion, out int code, out ReadOnlySpan<byte> reason)
    {
        minorVersion = code = 0;
        reason = default;
        // "HTTP/1.1 200 reason"; many servers leave out the last blank with an empty reason.
        if (line.Length < 12 || line[8] != ' ' || (line.Length > 12 && line[12] != ' ')) return HttpErrors.StatusLine;
        if (!HttpVersionText.TryParse(line[..8], out minorVersion)) return HttpErrors.Version;
        foreach (var digit in line[9..12])
        {
            if (!char.IsAsciiDigit((char)digit)) return HttpErrors.StatusLine;
            code = code * 10 + (digit - '0');
        }
        reason = line.Length > 13 ? line[13..] : default;
        return code < 100 || reason.ContainsAny(HttpChars.Controls) ? HttpErrors.StatusLine : null;
    }

    private static ParseResult Undone(ParseStatus status, ReadOnlySpan<byte> input, string? error) =>
        status == ParseStatus.NeedMoreData ? ParseResult.NeedMore(input.Length + 1) : new ParseResult(status, 0, error);
}
