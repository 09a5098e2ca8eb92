using Calamary.Core.Tls;

namespace Calamary.Core.Tests.Tls;

/// <summary>RFC 9525 §6.3, and what browsers do.</summary>
public class CertificateNamesTests
{
    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("EXAMPLE.com", "example.com", true)]
    [InlineData("example.com", "www.example.com", false)]
    [InlineData("example.com.", "example.com", false)]
    [InlineData("*.example.com", "www.example.com", true)]
    [InlineData("*.EXAMPLE.com", "www.example.com", true)]
    [InlineData("*.example.com", "xn--bcher-kva.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "a.www.example.com", false)]
    [InlineData("*.example.com", "wwwexample.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("*.com", "example.com", false)]
    [InlineData("*.", "example.", false)]
    [InlineData("*", "example", false)]
    [InlineData("*", "example.com", false)]
    [InlineData("w*.example.com", "www.example.com", false)]
    [InlineData("*w.example.com", "www.example.com", false)]
    [InlineData("www.*.com", "www.example.com", false)]
    [InlineData("*.*.com", "www.example.com", false)]
    [InlineData("*.*.example.com", "a.*.example.com", false)]
    [InlineData("", "example.com", false)]
    public void Wildcards(string pattern, string name, bool expected) => Assert.Equal(expected, CertificateNames.IsMatch(pattern, name));

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db8::2", false)]
    [InlineData("203.0.113.9", false)] // a dNSName that looks like an address
    [InlineData("a.example", true)]
    public void Addresses(string name, bool expected)
    {
        var certificate = TestIssuer.Root().Leaf("x", new() { Names = ["a.example", "203.0.113.9"], Addresses = ["192.0.2.1", "2001:db8::1"] });
        Assert.Equal(expected, CertificateNames.IsFor(certificate.Certificate, name));
    }

    [Theory]
    [InlineData("a.example")]
    [InlineData("192.0.2.1")]
    public void The_common_name_is_no_name(string name) =>
        Assert.False(CertificateNames.IsFor(TestIssuer.Root().Leaf(name, new()).Certificate, name));
}
