using System.Text;
using Calamary.Core.Protocols.Http2;

namespace Calamary.Core.Tests.Protocols.Http2;

/// <summary>RFC 9113 §8.2, §8.3, §8.5; RFC 8441 §4.</summary>
public sealed class RequestFieldsTests
{
    private const string Get = ":method=GET|:scheme=https|:path=/a?b|:authority=a.example";

    [Theory]
    [InlineData(Get, "GET a.example /a?b")]
    [InlineData(":path=/|:authority=A.example:8443|:method=POST|:scheme=http|te=trailers|x-y=", "POST A.example:8443 /")]
    [InlineData(":method=GET|:scheme=https|:path=/|host=a.example", "GET a.example /")]
    [InlineData(Get + "|host=a.example|cookie=a|cookie=b", "GET a.example /a?b")]
    [InlineData(Get + "|host=A.EXAMPLE", "GET a.example /a?b")]
    [InlineData(":method=GET|:scheme=https|:path=/", "GET  /")]
    [InlineData(":method=OPTIONS|:scheme=https|:path=*|:authority=a", "OPTIONS a *")]
    [InlineData(":method=CONNECT|:authority=a.example:443", "CONNECT a.example:443 ")]
    [InlineData(":method=CONNECT|:protocol=websocket|:scheme=https|:path=/chat|:authority=a", "CONNECT a /chat")]
    [InlineData(Get + "|x-y=\u00e9", "GET a.example /a?b")]
    public void Proper_requests(string text, string expected)
    {
        Assert.True(RequestFields.TryRead(List(text), allowsProtocol: true, out var request));
        Assert.Equal(expected, $"{Ascii(request.Method)} {Ascii(request.Authority)} {Ascii(request.Path)}");
    }

    [Theory]
    [InlineData("")]
    [InlineData(":method=GET|:scheme=https|:authority=a")]
    [InlineData(":method=GET|:path=/|:authority=a")]
    [InlineData(":scheme=https|:path=/|:authority=a")]
    [InlineData(Get + "|:path=/b")]
    [InlineData(Get + "|:method=GET")]
    [InlineData(Get + "|:scheme=https")]
    [InlineData(Get + "|:authority=a.example")]
    [InlineData(Get + "|:status=200")]
    [InlineData(Get + "|:=x")]
    [InlineData(":method=GET|x-y=z|:scheme=https|:path=/|:authority=a")]
    [InlineData(Get + "|X-y=z")]
    [InlineData(Get + "|x y=z")]
    [InlineData(Get + "|x:y=z")]
    [InlineData(Get + "|=z")]
    [InlineData(Get + "|x-y=a\r\nb: c")]
    [InlineData(Get + "|x-y=a\0")]
    [InlineData(Get + "|x-y= a")]
    [InlineData(Get + "|x-y=a\t")]
    [InlineData(Get + "|connection=close")]
    [InlineData(Get + "|keep-alive=1")]
    [InlineData(Get + "|proxy-connection=close")]
    [InlineData(Get + "|transfer-encoding=chunked")]
    [InlineData(Get + "|upgrade=h2c")]
    [InlineData(Get + "|te=gzip")]
    [InlineData(Get + "|host=b.example")]
    [InlineData(Get + "|host=a.example|host=a.example")]
    [InlineData(":method=GET|:scheme=https|:path=/|:authority=")]
    [InlineData(":method=GET|:scheme=https|:path=/|host=")]
    [InlineData(":method=GET|:scheme=ftp|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=https|:path=|:authority=a")]
    [InlineData(":method=GET|:scheme=https|:path=a|:authority=a")]
    [InlineData(":method=GET|:scheme=https|:path=https://b/|:authority=a")]
    [InlineData(":method=GET|:scheme=https|:path=*|:authority=a")]
    [InlineData(":method=GET|:scheme=https|:path=/ b|:authority=a")]
    [InlineData(":method=GET|:scheme=https|:path=/#b|:authority=a")]
    [InlineData(":method=G T|:scheme=https|:path=/|:authority=a")]
    [InlineData(":method=|:scheme=https|:path=/|:authority=a")]
    [InlineData(":method=CONNECT")]
    [InlineData(":method=CONNECT|host=a")]
    [InlineData(":method=CONNECT|:authority=a|:path=/")]
    [InlineData(":method=CONNECT|:authority=a|:scheme=https")]
    [InlineData(":method=CONNECT|:protocol=websocket|:authority=a|:path=/")]
    [InlineData(Get + "|:protocol=websocket")]
    public void Malformed_requests(string text) => Assert.False(RequestFields.TryRead(List(text), allowsProtocol: true, out _));

    [Fact]
    public void Extended_connect_needs_the_servers_consent() => Assert.False(RequestFields.TryRead(
        List(":method=CONNECT|:protocol=websocket|:scheme=https|:path=/chat|:authority=a"), allowsProtocol: false, out _));

    [Theory]
    [InlineData("", true)]
    [InlineData("grpc-status=0|x=y", true)]
    [InlineData(":path=/", false)]
    [InlineData("X=y", false)]
    [InlineData("transfer-encoding=chunked", false)]
    public void Trailers(string text, bool proper) => Assert.Equal(proper, RequestFields.AreTrailers(List(text)));

    [Theory]
    [InlineData("curl", "GET /a?b")]
    [InlineData("curl-post", "POST /post")]
    [InlineData("nghttp", "GET /a", "GET /b", "GET /c")]
    [InlineData("h2load", "GET /x", "GET /x", "GET /x", "GET /x")]
    public void Requests_of_real_clients(string name, params string[] expected)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "http2", name + ".bin"));
        Assert.True(rest.StartsWith(FrameHeader.Preface));
        var (decoder, fields, found) = (new HpackDecoder(), new FieldList(), new List<string>());
        for (rest = rest[FrameHeader.Preface.Length..]; rest.Length >= FrameHeader.Size;)
        {
            var header = FrameHeader.Read(rest);
            var block = rest.Slice(FrameHeader.Size, header.Length);
            rest = rest[(FrameHeader.Size + header.Length)..];
            if (header.Type != FrameType.Headers) continue;
            Assert.Equal(HpackStatus.Done, decoder.Decode(header.Has(FrameFlags.Priority) ? block[5..] : block, fields));
            Assert.True(RequestFields.TryRead(fields, allowsProtocol: false, out var request));
            found.Add($"{Ascii(request.Method)} {Ascii(request.Path)}");
        }
        Assert.True(rest.IsEmpty);
        Assert.Equal(expected, found);
    }

    private static FieldList List(string text)
    {
        var list = new FieldList();
        foreach (var field in text.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            list.Add(Encoding.Latin1.GetBytes(field[..at]), Encoding.Latin1.GetBytes(field[(at + 1)..]));
        }
        return list;
    }

    private static string Ascii(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);
}
