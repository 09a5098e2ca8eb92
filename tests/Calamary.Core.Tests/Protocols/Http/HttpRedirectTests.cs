using System.Buffers;
using System.Text;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpRedirectTests
{
    [Theory]
    [InlineData("GET /a?b=c HTTP/1.1\r\nHost: Example.com:8080\r\n\r\n", "301", "https://example.com/a?b=c")]
    [InlineData("HEAD / HTTP/1.0\r\nHost: example.com\r\n\r\n", "301", "https://example.com/")]
    [InlineData("POST //evil.example/ HTTP/1.1\r\nHost: example.com\r\n\r\n", "308", "https://example.com//evil.example/")]
    [InlineData("get / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "308", "https://[2001:db8::1]/")]
    [InlineData("GET http://a.example:81?q HTTP/1.1\r\nHost: other\r\n\r\n", "301", "https://a.example/?q")]
    [InlineData("GET /%0d%0aX:%20y HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", "301", "https://192.0.2.1/%0d%0aX:%20y")]
    public void Requests_are_sent_to_https(string text, string status, string location)
    {
        HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out var head);
        var output = new ArrayBufferWriter<byte>();
        Assert.True(HttpRedirect.TryWrite(head, output));
        var answer = Encoding.ASCII.GetString(output.WrittenSpan);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {location}\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(ParseResult.Done(output.WrittenCount), HttpResponseHead.Parse(output.WrittenSpan, out _));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: 10.1\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void Without_a_clear_host_there_is_no_redirect(string text)
    {
        Assert.Equal(ParseStatus.Done, HttpRequestHead.Parse(Encoding.ASCII.GetBytes(text), out var head).Status);
        var output = new ArrayBufferWriter<byte>();
        Assert.False(HttpRedirect.TryWrite(head, output));
        Assert.Equal(0, output.WrittenCount);
    }
}
