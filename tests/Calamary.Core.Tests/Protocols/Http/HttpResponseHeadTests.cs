using System.Text;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\nA: b\r\n\r\n", HttpErrors.LineEnd)]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/1.1 200 O\0K\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n", HttpErrors.Version)]
    [InlineData("ICY/1.00 200 OK\r\n\r\n", HttpErrors.Version)]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n", HttpErrors.StatusLine)]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\n", HttpErrors.Folding)]
    [InlineData("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", HttpErrors.FieldName)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", HttpErrors.ContentLength)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", HttpErrors.AmbiguousLength)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", HttpErrors.TransferCoding)]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HttpErrors.TransferEncodingVersion)]
    public void Ambiguous_heads_are_refused(string text, string error) =>
        Assert.Equal(ParseResult.Malformed(error), HttpResponseHead.Parse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("200 OK\r\nContent-Length: 5", HttpBodyKind.Length, 5)]
    [InlineData("200 OK\r\nContent-Length: 0", HttpBodyKind.None, 0)]
    [InlineData("200\r\nTransfer-Encoding: chunked", HttpBodyKind.Chunked, 0)]
    [InlineData("200 \r\nA: b", HttpBodyKind.UntilClose, 0)]
    [InlineData("999 Odd\r\nA: b", HttpBodyKind.UntilClose, 0)]
    [InlineData("204 No Content\r\nContent-Length: 5", HttpBodyKind.None, 0)]
    [InlineData("304 Not Modified\r\nContent-Length: 5", HttpBodyKind.None, 0)]
    [InlineData("100 Continue\r\nA: b", HttpBodyKind.None, 0)]
    [InlineData("101 Switching Protocols\r\nUpgrade: websocket", HttpBodyKind.None, 0)]
    public void The_end_of_the_body_is_known(string text, HttpBodyKind kind, long length)
    {
        var bytes = Encoding.ASCII.GetBytes($"HTTP/1.1 {text}\r\n\r\n");
        for (var n = 0; n < bytes.Length; n++)
            Assert.Equal(ParseResult.NeedMore(n + 1), HttpResponseHead.Parse(bytes.AsSpan(0, n), out _));
        Assert.Equal(ParseResult.Done(bytes.Length), HttpResponseHead.Parse([.. bytes, .. "x"u8], out var head));
        Assert.Equal(new HttpBodyFraming(kind, length), head.GetBody());
        Assert.Equal(default, head.GetBody(toHead: true));
        if (head.Status == 200) Assert.Equal(default, head.GetBody(toConnect: true));
    }

    [Theory]
    [InlineData("HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, true)]
    [InlineData("HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", false, false)]
    [InlineData("HTTP/1.1 100 x\r\n\r\n", true, false)]
    [InlineData("HTTP/1.1 200 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, false)]
    public void Interim_and_upgrade_are_told_apart(string text, bool interim, bool upgrade)
    {
        HttpResponseHead.Parse(Encoding.ASCII.GetBytes(text), out var head);
        Assert.Equal(interim, head.IsInterim);
        Assert.Equal(upgrade, head.UpgradesToWebSocket);
    }
}
