using System.Buffers;
using System.Text;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpHeadWriterTests
{
    [Theory]
    [InlineData("GET http://a.example:8080/x?y HTTP/1.1\r\nHost: evil.example\r\nAccept: */*\r\n\r\n", HttpConnectionUse.KeepAlive,
        "GET /x?y HTTP/1.1\r\nHost: a.example:8080\r\nAccept: */*\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("GET http://a.example HTTP/1.0\r\n\r\n", HttpConnectionUse.Close,
        "GET / HTTP/1.0\r\nHost: a.example\r\nVia: 1.0 calamary\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://a.example?q HTTP/1.0\r\n\r\n", HttpConnectionUse.KeepAlive,
        "GET /?q HTTP/1.0\r\nHost: a.example\r\nVia: 1.0 calamary\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("OPTIONS http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n", HttpConnectionUse.KeepAlive,
        "OPTIONS * HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("GET /o HTTP/1.1\r\nhost: a.example\r\nVia: 1.0 other\r\n\r\n", HttpConnectionUse.KeepAlive,
        "GET /o HTTP/1.1\r\nHost: a.example\r\nVia: 1.0 other\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop, ,Host\r\nx-hop: 1\r\nConnection: y-hop\r\nY-Hop: 2\r\nKeep-Alive: 3\r\n"
        + "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nTE: trailers\r\nTrailer: z\r\nUpgrade: h2c\r\nContent-Length: 007\r\n\r\n",
        HttpConnectionUse.KeepAlive, "POST / HTTP/1.1\r\nHost: a\r\nTrailer: z\r\nContent-Length: 7\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\nExpect: 100-continue\r\n\r\n", HttpConnectionUse.KeepAlive,
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n", HttpConnectionUse.WebSocket,
        "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\nVia: 1.1 calamary\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    public void Requests_are_forwarded_in_origin_form(string text, HttpConnectionUse use, string expected)
    {
        Assert.Equal(ParseStatus.Done, HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out var head).Status);
        var output = new ArrayBufferWriter<byte>();
        HttpHeadWriter.WriteRequest(head, "calamary"u8, use, output);
        Assert.Equal(expected, Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.Equal(ParseResult.Done(output.WrittenCount), HttpRequestHead.Parse(output.WrittenSpan, out _));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 Fine\r\nContent-Length: 5\r\nConnection: x\r\nX: 1\r\nProxy-Authenticate: Basic\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n",
        HttpConnectionUse.KeepAlive, 1,
        "HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 5\r\nVia: 1.0 calamary\r\n\r\n")]
    [InlineData("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nKeep-Alive: 5\r\n\r\n", HttpConnectionUse.Close, 1,
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nVia: 1.1 calamary\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", HttpConnectionUse.KeepAlive, 0,
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 calamary\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", HttpConnectionUse.KeepAlive, 1,
        "HTTP/1.1 204 No Content\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", HttpConnectionUse.KeepAlive, 1,
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", HttpConnectionUse.Close, 1, "HTTP/1.1 100 Continue\r\nVia: 1.1 calamary\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n", HttpConnectionUse.WebSocket, 1,
        "HTTP/1.1 101 Switching Protocols\r\nVia: 1.1 calamary\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    public void Responses_are_forwarded(string text, HttpConnectionUse use, int clientMinorVersion, string expected)
    {
        Assert.Equal(ParseStatus.Done, HttpResponseHead.Parse(Encoding.ASCII.GetBytes(text), out var head).Status);
        var output = new ArrayBufferWriter<byte>();
        HttpHeadWriter.WriteResponse(head, "calamary"u8, use, clientMinorVersion, output);
        Assert.Equal(expected, Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.Equal(ParseResult.Done(output.WrittenCount), HttpResponseHead.Parse(output.WrittenSpan, out _));
    }
}
