namespace Calamary.Core.Protocols.Http;

/// <summary>The head of an HTTP/1.x request, checked strictly (RFC 9112): whatever two recipients might read differently is
/// malformed. It lives over the bytes that it was parsed from.</summary>
public readonly ref struct HttpRequestHead
{
    private readonly HttpTarget _target;
    private readonly HttpFieldSummary _summary;

    private HttpRequestHead(HttpRequestLine line, HttpTarget target, HttpFields fields, HttpFieldSummary summary,
        HttpAuthority authority)
    {
        Method = line.Method;
        Target = line.Target;
        MinorVersion = line.MinorVersion;
        Fields = fields;
        Authority = authority;
        _target = target;
        _summary = summary;
    }

    /// <summary>The method: a token of up to 32 bytes; its case counts.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>The target as received: visible ASCII.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int MinorVersion { get; }

    /// <summary>The fields.</summary>
    public HttpFields Fields { get; }

    /// <summary>The target's form.</summary>
    public HttpTargetForm Form => _target.Form;

    /// <summary>Host and port of the target; only of the absolute and the authority form.</summary>
    public HttpAuthority Authority { get; }

    /// <summary>The target's authority as received, empty in the other forms.</summary>
    public ReadOnlySpan<byte> AuthorityText => _target.Authority;

    /// <summary>Path and query as received, of the absolute and the origin form. It may lack the path: empty, or from the
    /// question mark on.</summary>
    public ReadOnlySpan<byte> PathAndQuery => _target.Path;

    /// <summary>Whether the method is CONNECT.</summary>
    public bool IsConnect => Form == HttpTargetForm.Authority;

    /// <summary>Whether the method is HEAD.</summary>
    public bool IsHead => Method.SequenceEqual("HEAD"u8);

    /// <summary>Where the body ends.</summary>
    public HttpBodyFraming Body => _summary switch
    {
        // What follows a CONNECT is the tunnel's (RFC 9110 §9.3.6).
        _ when IsConnect => default,
        { Chunked: true } => new HttpBodyFraming(HttpBodyKind.Chunked),
        { ContentLength: > 0 and var length } => new HttpBodyFraming(HttpBodyKind.Length, length),
        _ => default,
    };

    /// <summary>Content-Length in bytes; null without one.</summary>
    public long? ContentLength => _summary.ContentLength;

    /// <summary>Whether the client wants the connection kept (RFC 9112 §9.3).</summary>
    public bool IsPersistent => _summary.IsPersistent(MinorVersion);

    /// <summary>Whether the client asks for a WebSocket (RFC 6455 §4.1). Other upgrades are not passed on.</summary>
    public bool UpgradesToWebSocket => MinorVersion > 0 && _summary.UpgradesToWebSocket;

    /// <summary>Parses a head of up to 64 KB and 200 fields.</summary>
    /// <param name="input">All bytes received so far, from the head's first one.</param>
    /// <param name="head">The head, when Done.</param>
    /// <returns>Done with the length of the head, its empty line included; NeedMoreData; or Malformed with one of
    /// <see cref="HttpErrors"/>.</returns>
    public static ParseResult Parse(ReadOnlySpan<byte> input, out HttpRequestHead head)
    {
        head = default;
        var reader = new HttpHeadReader(input);
        reader.SkipEmptyLine();
        var status = reader.ReadLine(out var text, out var error);
        if (status != ParseStatus.Done) return Undone(status, input, error);
        var target = default(HttpTarget);
        error = HttpRequestLine.Parse(text, out var line) ?? HttpTarget.Parse(line.Method, line.Target, out target);
        if (error is not null) return ParseResult.Malformed(error);

        status = reader.ReadFields(out var fields, out var summary, out error);
        if (status != ParseStatus.Done) return Undone(status, input, error);
        error = summary.Check(line.MinorVersion);
        if (error is not null) return ParseResult.Malformed(error);
        if (summary.Hosts > 1 || (summary.Hosts == 0 && line.MinorVersion > 0)) return ParseResult.Malformed(HttpErrors.Host);

        var authority = default(HttpAuthority);
        var defaultPort = (ushort)(target.Form == HttpTargetForm.Absolute ? 80 : 0);
        if (target.Form is HttpTargetForm.Absolute or HttpTargetForm.Authority
            && !HttpAuthority.TryParse(target.Authority, defaultPort, out authority))
            return ParseResult.Malformed(HttpErrors.Target);
        head = new HttpRequestHead(line, target, fields, summary, authority);
        return ParseResult.Done(reader.Position);
    }

    private static ParseResult Undone(ParseStatus status, ReadOnlySpan<byte> input, string? error) =>
        status == ParseStatus.NeedMoreData ? ParseResult.NeedMore(input.Length + 1) : new ParseResult(status, 0, error);
}
