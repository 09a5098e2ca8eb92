using System.Text;
using Calamary.Core.Names;
using CsCheck;

namespace Calamary.Core.Tests.Names;

public class HostNameTests
{
    private static readonly string Label63 = new('a', 63);
    private static readonly string Name253 = string.Join('.', Label63, Label63, Label63, new string('b', 61));

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.Com", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("_dmarc.example.com", "_dmarc.example.com")]
    [InlineData("r3---sn-x.example", "r3---sn-x.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("1.example", "1.example")]
    [InlineData("1.2.3.4.in-addr.arpa", "1.2.3.4.in-addr.arpa")]
    [InlineData("0xg.0xg", "0xg.0xg")]
    [InlineData("1.2.3.4a", "1.2.3.4a")]
    public void Names_are_normalised(string text, string expected)
    {
        Assert.True(HostName.TryNormalize(text, out var fromText));
        Assert.True(HostName.TryNormalize(Encoding.UTF8.GetBytes(text), out var fromBytes));
        Assert.Equal(expected, fromText);
        Assert.Equal(expected, fromBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("example.com..")]
    [InlineData(".example.com")]
    [InlineData("a..b")]
    [InlineData("-a.com")]
    [InlineData("a-.com")]
    [InlineData("a b.com")]
    [InlineData(" a.com")]
    [InlineData("a.com\n")]
    [InlineData("a.com\0")]
    [InlineData("a.com\0.evil.com")]
    [InlineData("*.example.com")]
    [InlineData("a.com:443")]
    [InlineData("http://a.com/")]
    [InlineData("a%2ecom")]
    [InlineData("user@a.com")]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1.")]
    [InlineData("10.1")]
    [InlineData("3221225985")]
    [InlineData("0x7f.1")]
    [InlineData("1.0X7F")]
    [InlineData("example.0x")]
    [InlineData("example.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("2001:db8::1")]
    [InlineData("a.com|b")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(HostName.TryNormalize(text, out var name));
        Assert.Null(name);
        Assert.False(HostName.TryNormalize(Encoding.UTF8.GetBytes(text), out name));
        Assert.Null(name);
    }

    [Fact]
    public void Labels_and_names_have_their_limits()
    {
        Assert.True(HostName.TryNormalize(Name253, out _));
        Assert.True(HostName.TryNormalize(Name253 + ".", out _));
        Assert.False(HostName.TryNormalize(Name253 + "b", out _));
        Assert.False(HostName.TryNormalize(Label63 + "a.com", out _));
        Assert.False(HostName.TryNormalize(new string('a', 1 << 20), out _));
        Assert.False(HostName.TryNormalize(new string('ü', 1 << 20), out _));
        Assert.False(HostName.TryNormalize(new byte[1 << 20], out _));
    }

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.Example.", "xn--bcher-kva.example")]
    [InlineData("faß.de", "xn--fa-hia.de")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("правда.рф", "xn--80aafi6cg.xn--p1ai")]
    public void Unicode_labels_become_ascii(string text, string expected)
    {
        Assert.True(HostName.TryNormalize(text, out var name));
        Assert.Equal(expected, name);
        Assert.False(HostName.TryNormalize(Encoding.UTF8.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("bu\u0308cher.example")] // would need composing
    [InlineData("ｅｘample.com")] // would need folding
    [InlineData("\u212aelvin.com")] // Kelvin sign
    [InlineData("a\u00adb.com")] // soft hyphen
    [InlineData("a\u200bb.com")] // zero width space
    [InlineData("\ud800.com")] // lone surrogate
    [InlineData("ü..com")]
    [InlineData("ü.1")]
    [InlineData("１２７.0.0.1")]
    [InlineData("example。com")]
    [InlineData("ا1a.com")] // mixes directions
    public void Unicode_that_would_be_another_name_is_refused(string text) => Assert.False(HostName.TryNormalize(text, out _));

    [Fact]
    public void Nothing_throws_and_what_is_accepted_is_stable()
    {
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            if (HostName.TryNormalize(bytes, out var name)) AssertStable(name!);
        }, iter: 20_000);
        Gen.String[Gen.Char["aZ0-_.üЖ例\u0301\ud83d\ude00\u200d:%"], 0, 40].Sample(text =>
        {
            if (HostName.TryNormalize(text, out var name)) AssertStable(name!);
        }, iter: 20_000);
    }

    [Fact]
    public void Rejecting_bytes_allocates_nothing()
    {
        string[] texts = ["", "192.0.2.1", "a..b", "exa mple.com", Label63 + "a"];
        byte[][] inputs = [.. texts.Select(Encoding.ASCII.GetBytes), [0xff, 0, 7]];
        foreach (var input in inputs) Assert.False(HostName.TryNormalize(input, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var input in inputs) HostName.TryNormalize(input, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertStable(string name)
    {
        Assert.True(HostName.TryNormalize(name, out var again));
        Assert.Equal(name, again);
        Assert.InRange(name.Length, 1, HostName.MaxLength);
        Assert.False(Address.TryParse(name, out _));
    }
}
