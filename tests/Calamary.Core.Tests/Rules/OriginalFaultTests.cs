using Calamary.Core.Rules;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

/// <summary>Faults of the original in Go, each as a regression test.</summary>
public class OriginalFaultTests
{
    [Fact]
    public void A_domain_does_not_match_traffic_that_is_not_tls()
    {
        var http = Flow(port: 80);
        http.Protocol = Http;
        var rules = new RuleSet([Rule(RuleAction.Accept, ("dns", ["example.com"]))]);
        Assert.True(rules.TryDecide(http, out var verdict));
        Assert.Equal(Verdict.DeniedByDefault, verdict);
    }

    [Theory]
    [InlineData("*.example.com", "evilexample.com")]
    [InlineData(".example.com", "evilexample.com")]
    [InlineData("*.example.com", "a.evilexample.com")]
    [InlineData("*.example.com", "example.com.evil.net")]
    [InlineData("*.example.com", "example.com")]
    [InlineData("example.com", "www.example.com")]
    public void A_suffix_ends_at_a_label(string pattern, string name) =>
        Assert.Equal(Truth.No, Criterion("dns", pattern).Evaluate(TlsFlow(name)));

    [Fact]
    public void Negated_ports_count_beside_positive_ones()
    {
        var criterion = Criterion("port", "1-1024", "!22", "!23");
        Assert.Equal(Truth.Yes, criterion.Evaluate(Flow(port: 443)));
        Assert.Equal(Truth.No, criterion.Evaluate(Flow(port: 22)));
        Assert.Equal(Truth.No, criterion.Evaluate(Flow(port: 8080)));
    }

    [Fact]
    public void An_unparsable_domain_is_an_error_and_no_crash() =>
        Assert.NotEmpty(Errors("dns", "http://[::1", "", "..", "\ud800", "ü\u0308"));

    [Fact]
    public void A_denial_tells_its_rule()
    {
        var rules = new RuleSet([
            Rule(RuleAction.Accept, ("port", ["80"])),
            new(RuleAction.Deny, "no-dns", [Criterion("dns", "!example.com")]),
        ]);
        Assert.True(rules.TryDecide(TlsFlow("other.example"), out var verdict));
        Assert.Equal(new Verdict(RuleAction.Deny, VerdictBasis.Rule, 1, "no-dns"), verdict);
    }
}
