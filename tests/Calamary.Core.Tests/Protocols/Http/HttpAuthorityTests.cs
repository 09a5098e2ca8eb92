using System.Text;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpAuthorityTests
{
    [Theory]
    [InlineData("Example.COM:8080", "example.com", 8080)]
    [InlineData("example.com", "example.com", 80)]
    [InlineData("example.com.", "example.com", 80)]
    [InlineData("192.0.2.1", "192.0.2.1", 80)]
    [InlineData("192.0.2.1:65535", "192.0.2.1", 65535)]
    [InlineData("[2001:DB8:0::1]:1", "[2001:db8::1]", 1)]
    [InlineData("[::ffff:192.0.2.1]:1", "192.0.2.1", 1)]
    public void Hosts_and_ports_are_taken(string text, string host, int port)
    {
        Assert.True(HttpAuthority.TryParse(Encoding.ASCII.GetBytes(text), 80, out var authority));
        Assert.Equal((host, port), (authority.Host, authority.Port));
        Assert.Equal(char.IsAsciiLetter(host[0]), authority.IsName);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("a:")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:+80")]
    [InlineData("a:80x")]
    [InlineData("a:000080")]
    [InlineData("a:80:80")]
    [InlineData("u@a:80")]
    [InlineData("u:p@a:80")]
    [InlineData("a b")]
    [InlineData("a%41")]
    [InlineData("a,b")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]x")]
    [InlineData("[2001:db8::1]]:80")]
    [InlineData("[fe80::1%25eth0]:80")]
    [InlineData("[192.0.2.1]:80")]
    [InlineData("[example.com]:80")]
    [InlineData("[]:80")]
    [InlineData("[v1.x]:80")]
    [InlineData("10.1")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    [InlineData("010.0.0.1")]
    public void Anything_else_is_refused(string text) => Assert.False(HttpAuthority.TryParse(Encoding.ASCII.GetBytes(text), 80, out _));

    [Fact]
    public void A_port_can_be_required() => Assert.False(HttpAuthority.TryParse("a"u8, 0, out _));
}
