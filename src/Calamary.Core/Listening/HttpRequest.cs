using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Listening;

/// <summary>A request to the proxy: its head's bytes, and what must be known of it after the next await.</summary>
internal sealed class HttpRequest
{
    private HttpRequest(byte[] bytes, in HttpRequestHead head)
    {
        Bytes = bytes;
        Form = head.Form;
        Authority = head.Authority;
        Body = head.Body;
        IsHead = head.IsHead;
        IsPersistent = head.IsPersistent;
        var method = head.Method;
        IsIdempotent = method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("OPTIONS"u8)
            || method.SequenceEqual("PUT"u8) || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("TRACE"u8);
    }

    /// <summary>The whole head, to be parsed again when it is written on.</summary>
    public byte[] Bytes { get; }

    public HttpTargetForm Form { get; }

    public HttpAuthority Authority { get; }

    public HttpBodyFraming Body { get; }

    public bool IsHead { get; }

    /// <summary>Whether the client wants the connection kept.</summary>
    public bool IsPersistent { get; }

    /// <summary>Whether it may be sent again when a kept-alive connection turns out to be closed (RFC 9110 §9.2.2).</summary>
    public bool IsIdempotent { get; }

    /// <summary>From a head that parses; null for any other.</summary>
    public static HttpRequest? From(byte[] bytes) =>
        HttpRequestHead.Parse(bytes, out var head).Status == ParseStatus.Done ? new HttpRequest(bytes, in head) : null;
}
