using System.Text;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class ChunkedScannerTests
{
    [Theory]
    [InlineData("0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("A\r\n0123456789\r\n0a\r\n0\r\n\r\n\r\n1;2\r\n0;x=\"y\"\r\n\r\n")]
    [InlineData("1 \t;a=b;c\r\nx\r\n000\r\nTrailer: a\r\nB:\r\n\r\n")]
    public void Every_split_finds_the_same_end(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        byte[] input = [.. bytes, .. "GET / HTTP/1.1"u8];
        for (var first = 0; first <= bytes.Length; first++)
        {
            var scanner = new ChunkedScanner();
            var status = scanner.Scan(input.AsSpan(0, first), out var length);
            Assert.Equal(first, length);
            Assert.Equal(first == bytes.Length ? ChunkedStatus.Ended : ChunkedStatus.More, status);
            Assert.Equal(ChunkedStatus.Ended, scanner.Scan(input.AsSpan(first), out var rest));
            Assert.Equal(bytes.Length, length + rest);
            Assert.Equal(ChunkedStatus.Ended, scanner.Scan("more"u8, out rest));
            Assert.Equal(0, rest);
        }
        var bytewise = new ChunkedScanner();
        var total = 0;
        for (var i = 0; i < input.Length; i++)
        {
            bytewise.Scan(input.AsSpan(i, 1), out var length);
            total += length;
        }
        Assert.Equal(bytes.Length, total);
    }

    [Theory]
    [InlineData("0\r\n\r\n", "0\r\n\r\n")]
    [InlineData("1\r\nx\r\n0\r\nProxy-Authorization: Basic x\r\n\r\n", "1\r\nx\r\n0\r\n\r\n")]
    [InlineData("3;a=b\r\na:b\r\n00;c\r\nA: 1\r\nB:\r\nC: 3\r\n\r\n", "3;a=b\r\na:b\r\n00;c\r\n\r\n")]
    public void Trailer_fields_are_found_in_every_split(string text, string without)
    {
        byte[] input = [.. Encoding.ASCII.GetBytes(text), .. "GET / HTTP/1.1"u8];
        for (var first = 0; first <= text.Length; first++)
            for (var second = first; second <= text.Length; second++)
            {
                var scanner = new ChunkedScanner();
                var passedOn = Keep(ref scanner, input[..first]) + Keep(ref scanner, input[first..second]) + Keep(ref scanner, input[second..]);
                Assert.Equal(without, passedOn);
                Assert.Equal("", Keep(ref scanner, input));
            }
        var bytewise = new ChunkedScanner();
        Assert.Equal(without, string.Concat(input.Select(b => Keep(ref bytewise, [b]))));

        static string Keep(ref ChunkedScanner scanner, byte[] bytes)
        {
            scanner.Scan(bytes, out var length);
            return Encoding.ASCII.GetString(bytes.AsSpan(0, length)).Remove(scanner.Trailers.Start.Value, scanner.Trailers.End.Value - scanner.Trailers.Start.Value);
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("g\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("0x5\r\n")]
    [InlineData(" 5\r\n")]
    [InlineData(";a\r\n")]
    [InlineData("5\nhello")]
    [InlineData("5\r\r\n")]
    [InlineData("5 5\r\n")]
    [InlineData("5;a\nb\r\n")]
    [InlineData("5;a\0\r\n")]
    [InlineData("5;a\rb\r\n")]
    [InlineData("1\r\nxy\r\n")]
    [InlineData("1\r\nx\n")]
    [InlineData("1\r\nx\rx")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\n\rx")]
    [InlineData("0\r\n a: b\r\n\r\n")]
    [InlineData("0\r\na\r\n\r\n")]
    [InlineData("0\r\na : b\r\n\r\n")]
    [InlineData("0\r\n: b\r\n\r\n")]
    [InlineData("0\r\na: b\n\r\n")]
    [InlineData("0\r\na: b\r\n c\r\n\r\n")]
    [InlineData("1000000000000000\r\n")]
    [InlineData("ffffffffffffffffffff\r\n")]
    public void Broken_framing_is_noticed_for_good(string text)
    {
        var scanner = new ChunkedScanner();
        Assert.Equal(ChunkedStatus.Malformed, scanner.Scan(Encoding.ASCII.GetBytes(text), out _));
        Assert.Equal(ChunkedStatus.Malformed, scanner.Scan("0\r\n\r\n"u8, out var length));
        Assert.Equal(0, length);
    }

    [Fact]
    public void A_chunk_may_be_larger_than_memory()
    {
        var scanner = new ChunkedScanner();
        Assert.Equal(ChunkedStatus.More, scanner.Scan("fffffffffffffff\r\n"u8, out _));
        Assert.Equal(ChunkedStatus.More, scanner.Scan(new byte[100000], out var length));
        Assert.Equal(100000, length);
    }

    [Fact]
    public void Extensions_and_trailers_are_bounded()
    {
        Assert.Equal(ChunkedStatus.More, Scan("1;" + new string('a', 1024)));
        Assert.Equal(ChunkedStatus.Malformed, Scan("1;" + new string('a', 1025)));
        Assert.Equal(ChunkedStatus.More, Scan("0\r\na:" + new string('a', 16382)));
        Assert.Equal(ChunkedStatus.Malformed, Scan("0\r\n" + string.Concat(Enumerable.Repeat("a:aa\r\n", 5000))));
    }

    private static ChunkedStatus Scan(string text)
    {
        var scanner = new ChunkedScanner();
        return scanner.Scan(Encoding.ASCII.GetBytes(text), out _);
    }
}
