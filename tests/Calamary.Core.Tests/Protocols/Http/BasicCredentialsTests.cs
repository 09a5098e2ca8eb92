using System.Text;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class BasicCredentialsTests
{
    // RFC 7617 §2 and §2.1 are the first two.
    [Theory]
    [InlineData("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame")]
    [InlineData("Basic dGVzdDoxMjPCow==", "test", "123£")]
    [InlineData("basic YTpi", "a", "b")]
    [InlineData("BASIC   YTpi", "a", "b")]
    [InlineData("Basic Og==", "", "")]
    [InlineData("Basic YTpiOmM6", "a", "b:c:")]
    [InlineData("Basic YTo=", "a", "")]
    public void Name_and_password_are_read(string value, string user, string password) => Assert.Equal((user, password), Parse(value));

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic YTpi=")]
    [InlineData("Basic YTp")]
    [InlineData("Basic YT pi")]
    [InlineData("Basic YTpi YTpi")]
    [InlineData("Basic YT\tpi")]
    [InlineData("Basic YTp-")]
    [InlineData("Basic YWI=")]
    [InlineData("Basic a:b")]
    [InlineData("BasicYTpi")]
    [InlineData("Basic\tYTpi")]
    [InlineData("Bearer YTpi")]
    [InlineData("Digest username=\"a\"")]
    [InlineData("Basic YTpi, Basic YTpi")]
    public void Anything_else_is_refused(string value) => Assert.Null(Parse(value));

    [Theory]
    [InlineData(8184, true)]
    [InlineData(8188, false)]
    public void The_length_is_bounded(int base64, bool isTaken) =>
        Assert.Equal(isTaken, Parse("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("a:".PadRight(base64 / 4 * 3, 'x')))) is not null);

    [Fact]
    public void Flipped_bytes_never_throw_and_nothing_is_allocated()
    {
        var value = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="u8.ToArray();
        var output = new byte[value.Length];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < value.Length; i++)
        {
            var kept = value[i];
            for (var b = 0; b < 256; b++)
            {
                value[i] = (byte)b;
                BasicCredentials.TryParse(value, output, out _, out _);
            }
            value[i] = kept;
            BasicCredentials.TryParse(value.AsSpan(0, i), output, out _, out _);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("Proxy-Authorization: Basic YTpi\r\n", 1)]
    [InlineData("proxy-authorization: Basic YTpi\r\nAuthorization: Basic YTpj\r\n", 1)]
    [InlineData("Proxy-Authorization: x\r\nProxy-Authorization: Basic YTpi\r\n", 2)]
    public void Fields_are_counted(string fields, int count)
    {
        HttpRequestHead.Parse(Encoding.ASCII.GetBytes($"GET http://a/ HTTP/1.1\r\nHost: a\r\n{fields}\r\n"), out var head);
        Assert.Equal(count, BasicCredentials.Find(head.Fields, out var value));
        if (count > 0) Assert.Equal("Basic YTpi", Encoding.ASCII.GetString(value));
    }

    private static (string, string)? Parse(string value)
    {
        var output = new byte[value.Length];
        return BasicCredentials.TryParse(Encoding.ASCII.GetBytes(value), output, out var user, out var password)
            ? (Encoding.UTF8.GetString(output[user]), Encoding.UTF8.GetString(output[password]))
            : null;
    }
}
