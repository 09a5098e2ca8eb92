using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

public class CriterionErrorTests
{
    [Theory]
    [InlineData("src", "300.1.2.3", "'300.1.2.3' is no address, network or range")]
    [InlineData("src", "010.0.0.1", "'010.0.0.1' is no address, network or range")]
    [InlineData("dest", "example.com", "'example.com' is no address, network or range")]
    [InlineData("dest", "", "'' is no address, network or range")]
    [InlineData("dest", "10.0.0.0/33", "'10.0.0.0/33' needs a prefix length between 0 and 32 behind its slash")]
    [InlineData("dest", "10.0.0.0/", "'10.0.0.0/' needs a prefix length between 0 and 32 behind its slash")]
    [InlineData("dest", "2001:db8::/129", "'2001:db8::/129' needs a prefix length between 0 and 128 behind its slash")]
    [InlineData("dest", "::ffff:10.0.0.0/8", "'::ffff:10.0.0.0/8' needs a prefix length between 96 and 128 behind its slash")]
    [InlineData("dest", "10.0.0.1-::1", "range '10.0.0.1-::1' mixes IPv4 and IPv6: write one range for each")]
    [InlineData("dest", "::/80", "network '::/80' mixes IPv4-mapped and other addresses: write them apart")]
    [InlineData("port", "70000", "port 70000 is not between 0 and 65535")]
    [InlineData("port", "1-70000", "port 70000 is not between 0 and 65535")]
    [InlineData("port", "https", "'https' is no port: write a number or a range as 8000-8999")]
    [InlineData("sport", "-5", "'-5' is no port: write a number or a range as 8000-8999")]
    [InlineData("sport", "", "'' is no port: write a number or a range as 8000-8999")]
    [InlineData("dns", "1.2.3.4", "'1.2.3.4' is an address: compare it with dest")]
    [InlineData("tlsVersion", "=>1.2", "'=>1.2' is no TLS version: write 1.0, 1.1, 1.2 or 1.3, with <, <=, > or >= in front to compare")]
    [InlineData("tlsVersion", "<", "'<' is no TLS version: write 1.0, 1.1, 1.2 or 1.3, with <, <=, > or >= in front to compare")]
    [InlineData("listener", "transparent:x", "'transparent:x' has no port between 0 and 65535 behind its colon")]
    [InlineData("cert", "good", "'good' is no state of a certificate: write one of valid, invalid, expired, untrusted, mismatch, selfsigned, unreachable")]
    [InlineData("host", "example.com:443", "'example.com:443' has a port: hosts are compared without; for ports there is the key 'port'")]
    [InlineData("host", "*:443", "'*:443' has a port: hosts are compared without; for ports there is the key 'port'")]
    [InlineData("host", "[2001:db8::1]:443", "'[2001:db8::1]:443' has a port: hosts are compared without; for ports there is the key 'port'")]
    [InlineData("path", "/a%20b", "the path '/a%20b' has an encoded character: paths are decoded before they are compared, write the character itself")]
    [InlineData("path", "/a//b", "the path '/a//b' has several '/' in a row: before paths are compared, they become one")]
    [InlineData("path", "/a/../b", "the path '/a/../b' has '.' or '..' as a segment: such are resolved before paths are compared")]
    [InlineData("path", "/a/*/.", "the path '/a/*/.' has '.' or '..' as a segment: such are resolved before paths are compared")]
    [InlineData("method", "GET POST", "'GET POST' is no method: write one as GET or POST, up to 32 characters")]
    [InlineData("method", "", "'' is no method: write one as GET or POST, up to 32 characters")]
    [InlineData("encrypted", "maybe", "'maybe' is no truth value: write one of true, false, yes, no")]
    public void Bad_values_are_explained(string key, string value, string message)
    {
        var error = Assert.Single(Errors(key, value));
        Assert.Equal((0, message, null), error);
    }

    [Theory]
    [InlineData("port", "9-5", "5-9")]
    [InlineData("src", "10.0.0.9-10.0.0.1", "10.0.0.1-10.0.0.9")]
    [InlineData("protoL3", "ipv44", "ipv4")]
    [InlineData("protoL4", "tpc", "tcp")]
    [InlineData("protoL5", "htp", "http")]
    [InlineData("listener", "transparant:4128", "transparent")]
    [InlineData("encrypted", "ture", "true")]
    [InlineData("cert", "self-signed", "selfsigned")]
    [InlineData("host", ".example.com", "*.example.com")]
    [InlineData("path", "admin*", "/admin*")]
    [InlineData("path", "/a?b", "/a")]
    public void Slips_are_corrected(string key, string value, string suggestion) =>
        Assert.Equal(suggestion, Assert.Single(Errors(key, value)).Suggestion);

    [Theory]
    [InlineData("")]
    [InlineData("*.")]
    [InlineData("*example.com")]
    [InlineData("a.*.com")]
    [InlineData("..example.com")]
    [InlineData("*.*.example.com")]
    [InlineData("https://example.com/")]
    [InlineData("exa mple.com")]
    [InlineData("\ud800.com")]
    [InlineData("a\u0300\0.com")]
    public void Unparsable_domains_are_reported(string value) =>
        Assert.StartsWith($"'{value}' is no domain", Assert.Single(Errors("dns", value)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("exa mple.com")]
    [InlineData("https://example.com/")]
    [InlineData("*.exam ple.com")]
    [InlineData("*.b\u00fccher.example")]
    [InlineData("[2001:db8:*]")]
    [InlineData("1.2.3")]
    public void Unparsable_hosts_are_reported(string value) =>
        Assert.StartsWith($"'{value}' is no host: write example.com", Assert.Single(Errors("host", value)).Message, StringComparison.Ordinal);

    [Fact]
    public void Text_has_a_bound()
    {
        Assert.Equal("the path has more than 2048 characters", Assert.Single(Errors("path", "/" + new string('a', 2048))).Message);
        Assert.Single(Errors("host", "*" + new string('a', 253)));
        Assert.Single(Errors("method", new string('A', 33)));
        Assert.NotNull(Criterion("path", "/" + new string('a', 2047)));
    }

    [Fact]
    public void Every_bad_value_is_reported() =>
        Assert.Equal([1, 3], Errors("port", "443", "x", "80", "!99999").Select(e => e.Index));

    [Fact]
    public void Unknown_keys_and_empty_lists_are_refused()
    {
        Assert.Equal((-1, "'prot' is no criterion", "port"), Assert.Single(Errors("prot", "443")));
        Assert.Equal(-1, Assert.Single(Errors("dns")).Index);
    }

    [Fact]
    public void Keys_are_known_in_any_case()
    {
        Assert.Equal(18, CriterionCatalog.Keys.Count);
        Assert.Contains("tlsVersion", CriterionCatalog.Keys);
        Assert.NotNull(Criterion("TLSVERSION", "1.2"));
    }

    [Fact]
    public void A_registered_protocol_is_available()
    {
        ProtocolId[] protocols = [.. KnownProtocols, new("ssh", "SSH", true)];
        Assert.NotNull(CriterionCatalog.TryCreate("protoL5", new ValueArray([new("ssh", false)]), protocols, (_, message, _) => Assert.Fail(message)));
    }
}
