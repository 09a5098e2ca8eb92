using System.Buffers;
using System.Buffers.Text;

namespace Calamary.Core.Protocols.Http;

/// <summary>Writes heads as a proxy forwards them (RFC 9110 §7.6). Host, length and connection fields are written from what was
/// parsed, never copied, so that the next recipient cannot read them differently.</summary>
public static class HttpHeadWriter
{
    /// <summary>Writes the request for the server. Its version stays that of the client: an HTTP/1.0 client could not read the
    /// chunked answer to an HTTP/1.1 request.</summary>
    /// <param name="head">A head of the absolute, origin or asterisk form.</param>
    /// <param name="pseudonym">The proxy's name in Via (RFC 9110 §7.6.3): a token.</param>
    /// <param name="use">What becomes of the connection to the server.</param>
    /// <param name="output">Takes the head.</param>
    public static void WriteRequest(in HttpRequestHead head, ReadOnlySpan<byte> pseudonym, HttpConnectionUse use,
        IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(head.Method);
        output.Write(" "u8);
        WriteTarget(head, output);
        output.Write(head.MinorVersion == 0 ? " HTTP/1.0\r\n"u8 : " HTTP/1.1\r\n"u8);
        // The target wins over a Host that says something else (RFC 9112 §3.2.2).
        var host = head.AuthorityText;
        if (!host.IsEmpty || head.Fields.TryGetSingle("Host"u8, out host)) WriteField("Host"u8, host, output);
        foreach (var field in head.Fields)
            if (!field.Is("Host"u8) && !field.Is("Content-Length"u8) && !HopByHop.Is(field, head.Fields)) WriteField(field, output);
        if (head.Body.Kind == HttpBodyKind.Chunked) output.Write("Transfer-Encoding: chunked\r\n"u8);
        if (head.ContentLength is { } length) WriteLength(length, output);
        WriteVia(head.MinorVersion, pseudonym, output);
        WriteEnd(use, head.MinorVersion, output);
    }

    /// <summary>Writes the response for the client, as HTTP/1.1.</summary>
    /// <param name="head">The server's head.</param>
    /// <param name="pseudonym">The proxy's name in Via (RFC 9110 §7.6.3): a token.</param>
    /// <param name="use">What becomes of the connection to the client; ignored in an interim response.</param>
    /// <param name="clientMinorVersion">The version of the client's request: 0 or 1.</param>
    /// <param name="output">Takes the head.</param>
    public static void WriteResponse(in HttpResponseHead head, ReadOnlySpan<byte> pseudonym, HttpConnectionUse use,
        int clientMinorVersion, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write("HTTP/1.1 "u8);
        WriteNumber(head.Status, output);
        output.Write(" "u8);
        output.Write(head.Reason);
        output.Write("\r\n"u8);
        foreach (var field in head.Fields)
            if (!field.Is("Content-Length"u8) && !HopByHop.Is(field, head.Fields)) WriteField(field, output);
        if (head.IsChunked && !head.IsBodiless) output.Write("Transfer-Encoding: chunked\r\n"u8);
        if (head.ContentLength is { } length && !head.IsBodiless) WriteLength(length, output);
        WriteVia(head.MinorVersion, pseudonym, output);
        if (head.IsInterim) output.Write("\r\n"u8);
        else WriteEnd(use, clientMinorVersion, output);
    }

    private static void WriteTarget(in HttpRequestHead head, IBufferWriter<byte> output)
    {
        var path = head.PathAndQuery;
        if (head.Form == HttpTargetForm.Absolute && !path.StartsWith("/"u8))
        {
            // RFC 9112 §3.2.4: OPTIONS of a URI without path means the server as a whole.
            var whole = path.IsEmpty && head.Method.SequenceEqual("OPTIONS"u8);
            output.Write(whole ? "*"u8 : "/"u8);
        }
        output.Write(head.Form is HttpTargetForm.Absolute or HttpTargetForm.Origin ? path : head.Target);
    }

    private static void WriteEnd(HttpConnectionUse use, int minorVersion, IBufferWriter<byte> output) =>
        output.Write((use, minorVersion) switch
        {
            (HttpConnectionUse.WebSocket, _) => "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8,
            (HttpConnectionUse.KeepAlive, 0) => "Connection: keep-alive\r\n\r\n"u8,
            (HttpConnectionUse.KeepAlive, _) => "\r\n"u8,
            _ => "Connection: close\r\n\r\n"u8,
        });

    private static void WriteVia(int minorVersion, ReadOnlySpan<byte> pseudonym, IBufferWriter<byte> output)
    {
        output.Write(minorVersion == 0 ? "Via: 1.0 "u8 : "Via: 1.1 "u8);
        output.Write(pseudonym);
        output.Write("\r\n"u8);
    }

    private static void WriteLength(long length, IBufferWriter<byte> output)
    {
        output.Write("Content-Length: "u8);
        WriteNumber(length, output);
        output.Write("\r\n"u8);
    }

    private static void WriteNumber(long number, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    private static void WriteField(in HttpField field, IBufferWriter<byte> output) => WriteField(field.Name, field.Value, output);

    private static void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        output.Write(name);
        output.Write(": "u8);
        output.Write(value);
        output.Write("\r\n"u8);
    }
}
