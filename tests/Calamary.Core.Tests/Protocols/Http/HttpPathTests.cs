using System.Text;
using Calamary.Core.Protocols.Http;
using CsCheck;

namespace Calamary.Core.Tests.Protocols.Http;

public class HttpPathTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("*", "*")]
    [InlineData("?a", "/")]
    [InlineData("/a?b=/../c", "/a")]
    [InlineData("/a#b", "/a")]
    [InlineData("/a%3fb%23c", "/a?b#c")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("/a/b/c/./../../g", "/a/g")] // RFC 3986 §5.2.4
    [InlineData("/mid/content=5/../6", "/mid/6")]
    [InlineData("/../../a", "/a")]
    [InlineData("/..", "/")]
    [InlineData("/.", "/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/.", "/a/b/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/", "/a/")]
    [InlineData("/...", "/...")]
    [InlineData("/.a/..b/c.", "/.a/..b/c.")]
    [InlineData("//admin", "/admin")]
    [InlineData("///a//b///", "/a/b/")]
    [InlineData("/public//../admin", "/admin")]
    [InlineData("/public/%2e%2E/admin", "/admin")]
    [InlineData("/public%2f..%2fadmin", "/admin")]
    [InlineData("/%2fadmin", "/admin")]
    [InlineData("%2fadmin", "/admin")]
    [InlineData("/%61dmin", "/admin")]
    [InlineData("admin", "/admin")]
    [InlineData("https://a.example/admin", "/admin")]
    [InlineData("https://a.example", "/")]
    [InlineData("https://a.example?x", "/")]
    [InlineData("/x/https://a.example/../b", "/x/https:/b")]
    // not folded
    [InlineData("/a/%252e%252e/b", "/a/%2e%2e/b")]
    [InlineData("/a\\..\\b", "/a\\..\\b")]
    [InlineData("/a%5c..%5cb", "/a\\..\\b")]
    [InlineData("/a/..;/b", "/a/..;/b")]
    [InlineData("/a;x=1/b", "/a;x=1/b")]
    [InlineData("/Admin", "/Admin")]
    [InlineData("/a%u002e", "/a%u002e")]
    [InlineData("/a%", "/a%")]
    [InlineData("/a%2", "/a%2")]
    [InlineData("/a%zz%g1%1g", "/a%zz%g1%1g")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/a%00b%0d%0ac", "/a\0b\r\nc")]
    [InlineData("/b%C3%BCcher", "/b\u00fccher")]
    [InlineData("/b%FCcher", "/b\ufffdcher")]
    [InlineData("/%c0%ae%c0%ae/a", "/\ufffd\ufffd\ufffd\ufffd/a")] // overlong dots are none (RFC 3629 §3)
    public void Paths_are_normalised(string target, string path) => Assert.Equal(path, HttpPath.Normalise(Encoding.UTF8.GetBytes(target)));

    [Fact]
    public void Whatever_comes_the_path_is_normal() =>
        Gen.OneOf(Gen.OneOf<byte>((byte)'/', (byte)'.', (byte)'%', (byte)'2', (byte)'e', (byte)'f', (byte)'a', (byte)'?'), Gen.Byte).Array[0, 40].Sample(target =>
        {
            var path = HttpPath.Normalise(target);
            if (path == "*") return;
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            Assert.DoesNotContain("//", path, StringComparison.Ordinal);
            Assert.DoesNotContain(path.Split('/'), segment => segment is "." or "..");
        }, iter: 20_000);

    [Fact]
    public void Long_paths_take_no_long_time()
    {
        var target = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("/a", 200_000)) + string.Concat(Enumerable.Repeat("/..", 200_000)));
        Assert.Equal("/", HttpPath.Normalise(target));
        Assert.Equal(1 + 600_000, HttpPath.Normalise(new byte[600_000]).Length);
    }
}
