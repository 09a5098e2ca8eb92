namespace Calamary.Core.Protocols.Http;

/// <summary>Why an HTTP message is malformed: constant texts, safe to log.</summary>
public static class HttpErrors
{
    /// <summary>The request line is longer than 16 KB.</summary>
    public const string RequestLineTooLong = "HTTP: request line too long";
    /// <summary>The head is longer than 64 KB.</summary>
    public const string HeadTooLong = "HTTP: head too long";
    /// <summary>More than 200 fields.</summary>
    public const string TooManyFields = "HTTP: too many fields";
    /// <summary>A CR without LF or an LF without CR (RFC 9112 §2.2).</summary>
    public const string LineEnd = "HTTP: bare CR or LF";
    /// <summary>Not <c>method SP target SP HTTP-version</c> (RFC 9112 §3).</summary>
    public const string RequestLine = "HTTP: request line";
    /// <summary>Not <c>HTTP-version SP status SP reason</c> (RFC 9112 §4).</summary>
    public const string StatusLine = "HTTP: status line";
    /// <summary>Neither HTTP/1.0 nor HTTP/1.1.</summary>
    public const string Version = "HTTP: version";
    /// <summary>A target that fits none of the four forms, or not the method (RFC 9112 §3.2).</summary>
    public const string Target = "HTTP: request target";
    /// <summary>An absolute target of another scheme than http.</summary>
    public const string Scheme = "HTTP: scheme of the request target";
    /// <summary>A field continued on the next line, or blanks before the first one (RFC 9112 §5.2, §2.2).</summary>
    public const string Folding = "HTTP: line starts with a blank";
    /// <summary>A field name that is empty, no token, or followed by a blank (RFC 9112 §5.1).</summary>
    public const string FieldName = "HTTP: field name";
    /// <summary>A control character in a field value (RFC 9110 §5.5).</summary>
    public const string FieldValue = "HTTP: field value";
    /// <summary>No number, or two different ones (RFC 9112 §6.3).</summary>
    public const string ContentLength = "HTTP: Content-Length";
    /// <summary>Both Content-Length and Transfer-Encoding (RFC 9112 §6.3).</summary>
    public const string AmbiguousLength = "HTTP: Content-Length with Transfer-Encoding";
    /// <summary>A transfer coding other than exactly <c>chunked</c> (RFC 9112 §6.1).</summary>
    public const string TransferCoding = "HTTP: transfer coding not supported";
    /// <summary>Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1).</summary>
    public const string TransferEncodingVersion = "HTTP: Transfer-Encoding in HTTP/1.0";
    /// <summary>None, or several Host fields (RFC 9112 §3.2).</summary>
    public const string Host = "HTTP: Host";
    /// <summary>Too many options in Connection.</summary>
    public const string Connection = "HTTP: Connection";
}
