using System.Text;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpRequestHeadTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n", HttpErrors.LineEnd)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n", HttpErrors.LineEnd)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", HttpErrors.LineEnd)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", HttpErrors.LineEnd)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n", HttpErrors.LineEnd)]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.RequestLine)]
    [InlineData(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Folding)]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HttpErrors.Version)]
    [InlineData("GET /\r\nHost: a\r\n\r\n", HttpErrors.RequestLine)]
    [InlineData("GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.RequestLine)]
    [InlineData("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.RequestLine)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.RequestLine)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", HttpErrors.Version)]
    [InlineData("GET / HTTP/1.2\r\nHost: a\r\n\r\n", HttpErrors.Version)]
    [InlineData("GET / http/1.1\r\nHost: a\r\n\r\n", HttpErrors.Version)]
    [InlineData("GET /a\0 HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET /\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET a HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Scheme)]
    [InlineData("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Scheme)]
    [InlineData("GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET http://a:0/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET http://a\\b/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("CONNECT http://a:1/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("CONNECT a:443/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpErrors.Target)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", HttpErrors.Folding)]
    [InlineData("GET / HTTP/1.1\r\n Host: a\r\n\r\n", HttpErrors.Folding)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", HttpErrors.FieldName)]
    [InlineData("GET / HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n", HttpErrors.FieldName)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n", HttpErrors.FieldName)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n", HttpErrors.FieldName)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n", HttpErrors.FieldValue)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: \x1b[0m\r\n\r\n", HttpErrors.FieldValue)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: \x7f\r\n\r\n", HttpErrors.FieldValue)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", HttpErrors.Host)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HttpErrors.Host)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", HttpErrors.Host)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", HttpErrors.AmbiguousLength)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n", HttpErrors.AmbiguousLength)]
    [InlineData("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", HttpErrors.TransferEncodingVersion)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HttpErrors.TransferCoding)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", HttpErrors.TransferCoding)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", HttpErrors.TransferCoding)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", HttpErrors.TransferCoding)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", HttpErrors.TransferCoding)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", HttpErrors.TransferCoding)]
    public void Ambiguous_heads_are_refused(string text, string error)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal(ParseResult.Malformed(error), HttpRequestHead.Parse(bytes, out _));
        // No later byte mends it, and no prefix is taken.
        Assert.Equal(ParseResult.Malformed(error), HttpRequestHead.Parse([.. bytes, .. bytes], out _));
        for (var n = 0; n < bytes.Length; n++) Assert.NotEqual(ParseStatus.Done, HttpRequestHead.Parse(bytes.AsSpan(0, n), out _).Status);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < bytes.Length; n++) HttpRequestHead.Parse(bytes.AsSpan(0, n), out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("GET http://WWW.Example.com/a?b HTTP/1.1\r\nHost: other\r\n\r\n", HttpTargetForm.Absolute, "www.example.com", 80, "/a?b")]
    [InlineData("GET HTTP://192.0.2.1:8080 HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", HttpTargetForm.Absolute, "192.0.2.1", 8080, "")]
    [InlineData("GET http://[2001:DB8::1]?q HTTP/1.1\r\nHost: x\r\n\r\n", HttpTargetForm.Absolute, "[2001:db8::1]", 80, "?q")]
    [InlineData("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", HttpTargetForm.Authority, "a.example", 443, "")]
    [InlineData("CONNECT [::1]:22 HTTP/1.0\r\n\r\n", HttpTargetForm.Authority, "[::1]", 22, "")]
    [InlineData("\r\nGET /a//b?x=http://c HTTP/1.1\r\nHost:\r\n\r\n", HttpTargetForm.Origin, null, 0, "/a//b?x=http://c")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", HttpTargetForm.Asterisk, null, 0, "")]
    public void The_target_is_taken_apart(string text, HttpTargetForm form, string? host, int port, string path)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(ParseResult.Done(bytes.Length), HttpRequestHead.Parse([.. bytes, .. "rest"u8], out var head));
        Assert.Equal(form, head.Form);
        Assert.Equal(path, Encoding.ASCII.GetString(head.PathAndQuery));
        if (host is not null) Assert.Equal(host, head.Authority.Host);
        Assert.Equal(port, head.Authority.Port);
        for (var n = 0; n < bytes.Length; n++)
            Assert.Equal(ParseResult.NeedMore(n + 1), HttpRequestHead.Parse(bytes.AsSpan(0, n), out _));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", HttpBodyKind.None, 0, true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", HttpBodyKind.None, 0, false)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", HttpBodyKind.None, 0, false)]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", HttpBodyKind.None, 0, true)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 07\r\ncontent-length:7\r\n\r\n", HttpBodyKind.Length, 7, true)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", HttpBodyKind.None, 0, true)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\t Chunked \r\n\r\n", HttpBodyKind.Chunked, 0, true)]
    [InlineData("CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n", HttpBodyKind.None, 0, true)]
    public void The_end_of_body_and_connection_is_known(string text, HttpBodyKind kind, long length, bool persistent)
    {
        Assert.Equal(ParseStatus.Done, HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out var head).Status);
        Assert.Equal(new HttpBodyFraming(kind, length), head.Body);
        Assert.Equal(persistent, head.IsPersistent);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false)]
    public void Only_a_WebSocket_upgrades(string text, bool expected)
    {
        HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out var head);
        Assert.Equal(expected, head.UpgradesToWebSocket);
    }

    [Fact]
    public void Fields_keep_order_and_duplicates()
    {
        HttpRequestHead.Parse("GET / HTTP/1.1\r\nA:1\r\nHost: h\r\na: \t 2 x \r\n\r\n"u8, out var head);
        var fields = new List<string>();
        foreach (var field in head.Fields) fields.Add($"{Encoding.ASCII.GetString(field.Name)}={Encoding.ASCII.GetString(field.Value)}");
        Assert.Equal(["A=1", "Host=h", "a=2 x"], fields);
        Assert.True(head.Fields.TryGetSingle("HOST"u8, out var host) && host.SequenceEqual("h"u8));
        Assert.False(head.Fields.TryGetSingle("a"u8, out _));
        Assert.False(head.Fields.TryGetSingle("b"u8, out _));
    }

    [Fact]
    public void Limits_hold()
    {
        static ParseResult Parse(string text) => HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out _);
        var fields = string.Concat(Enumerable.Repeat("A: b\r\n", 199));
        Assert.Equal(ParseStatus.Done, Parse($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").Status);
        Assert.Equal(HttpErrors.TooManyFields, Parse($"GET / HTTP/1.1\r\nHost: a\r\n{fields}A: b\r\n\r\n").Error);
        Assert.Equal(HttpErrors.HeadTooLong, Parse($"GET / HTTP/1.1\r\nHost: a\r\nA: {new string('b', 65536)}\r\n\r\n").Error);
        Assert.Equal(HttpErrors.HeadTooLong, Parse("GET /" + new string('b', 65531)).Error);
        Assert.Equal(ParseStatus.NeedMoreData, Parse("GET /" + new string('b', 65530)).Status);
        Assert.Equal(HttpErrors.Connection, Parse($"GET / HTTP/1.1\r\nHost: a\r\nConnection: a{string.Concat(Enumerable.Repeat(",a", 64))}\r\n\r\n").Error);
    }
}
