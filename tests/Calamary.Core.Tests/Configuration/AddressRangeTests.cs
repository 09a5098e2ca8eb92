namespace Calamary.Core.Tests.Configuration;

public class AddressRangeTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.77/24", "192.0.2.0-192.0.2.255")]
    [InlineData("0.0.0.0/0", "0.0.0.0-255.255.255.255")]
    [InlineData("192.0.2.1/32", "192.0.2.1")]
    [InlineData("192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9")]
    [InlineData("192.0.2.1 - 192.0.2.9", "192.0.2.1-192.0.2.9")]
    [InlineData("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::1/10", "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::1/128", "::1")]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.0-192.0.2.255")]
    [InlineData("::ffff:0:0/96", "0.0.0.0-255.255.255.255")]
    public void Is_a_range(string text, string range)
    {
        Assert.True(AddressRange.TryParse(text, out var parsed));
        Assert.Equal(range, parsed.ToString());
        Assert.True(parsed.Contains(parsed.First) && parsed.Contains(parsed.Last));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("/")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/")]
    [InlineData("192.0.2.0/-1")]
    [InlineData("192.0.2.0/+1")]
    [InlineData("192.0.2.0/24/24")]
    [InlineData("::/129")]
    [InlineData("::ffff:192.0.2.0/24")]
    [InlineData("192.0.2.9-192.0.2.1")]
    [InlineData("192.0.2.9-::1")]
    [InlineData("192.0.2.1-192.0.2.2-192.0.2.3")]
    [InlineData("10.1")]
    [InlineData("example.com")]
    public void Is_no_range(string text) => Assert.False(AddressRange.TryParse(text, out _));

    [Fact]
    public void Families_do_not_mix()
    {
        Assert.True(AddressRange.TryParse("::/0", out var all));
        Assert.False(all.Contains(Address.FromIPv4(1)));
    }
}
