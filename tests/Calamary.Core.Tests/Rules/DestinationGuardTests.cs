using Calamary.Core.Rules;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

public class DestinationGuardTests
{
    private static readonly DestinationGuard Guard = new(
        Ranges("127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10"),
        [new(Ip("0.0.0.0"), 4128), new(Ip("127.0.0.1"), 4130), new(Ip("2001:db8::1"), 4132), new(Ip("203.0.113.5"), 4133)],
        [Ip("192.0.2.10"), Ip("2001:db8::1"), Ip("203.0.113.5")]);

    [Theory]
    [InlineData("192.0.2.10", 4128)] // own address, wildcard listener
    [InlineData("2001:db8::1", 4128)] // a wildcard may serve both families
    [InlineData("127.8.8.8", 4128)] // denied by denyAlways as well: the loop is told
    [InlineData("::1", 4128)]
    [InlineData("0.0.0.0", 4128)]
    [InlineData("::", 4130)] // reaches the loopback
    [InlineData("127.0.0.1", 4130)]
    [InlineData("::ffff:127.0.0.1", 4130)]
    [InlineData("2001:db8::1", 4132)]
    [InlineData("203.0.113.5", 4133)]
    [InlineData("2002:cb00:7105::1", 4133)] // 6to4
    [InlineData("64:ff9b::192.0.2.10", 4128)] // NAT64
    public void Loops(string address, ushort port)
    {
        Assert.True(Guard.TryRefuse(new(Ip(address), port), out var basis));
        Assert.Equal(VerdictBasis.Loop, basis);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b:1::127.0.0.1")]
    [InlineData("2002:7f00:0001::1")]
    [InlineData("2001:0:0:0:0:0:80ff:fffe")] // Teredo: the client's address is inverted
    public void Networks(string address)
    {
        Assert.True(Guard.TryRefuse(new(Ip(address), 443), out var basis));
        Assert.Equal(VerdictBasis.DenyAlways, basis);
    }

    [Theory]
    [InlineData("192.0.2.10", 443)]
    [InlineData("192.0.2.10", 4130)] // that listener is on the loopback only
    [InlineData("192.0.2.10", 4133)]
    [InlineData("198.51.100.1", 4128)]
    [InlineData("64:ff9b::198.51.100.1", 4128)]
    [InlineData("2002:c633:6401::1", 443)]
    public void Others_pass(string address, ushort port) => Assert.False(Guard.TryRefuse(new(Ip(address), port), out _));

    [Fact]
    public void An_IPv6_wildcard_serves_IPv4_too()
    {
        var guard = new DestinationGuard([], [new(Ip("::"), 4128)], [Ip("192.0.2.10")]);
        Assert.True(guard.TryRefuse(new(Ip("192.0.2.10"), 4128), out var basis));
        Assert.Equal(VerdictBasis.Loop, basis);
    }

    private static AddressRange[] Ranges(params string[] networks) =>
        [.. networks.Select(n => AddressRange.TryParse(n, out var range) ? range : throw new ArgumentException(n))];
}
