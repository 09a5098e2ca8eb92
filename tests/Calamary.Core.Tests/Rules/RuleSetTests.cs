using Calamary.Core.Rules;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

public class RuleSetTests
{
    [Fact]
    public void No_rule_is_deny_at_once()
    {
        Assert.True(new RuleSet([]).TryDecide(default, out var verdict));
        Assert.Equal(Verdict.DeniedByDefault, verdict);
    }

    [Fact]
    public void The_first_match_decides()
    {
        var rules = new RuleSet([
            Rule(RuleAction.Deny, ("port", ["80"])),
            Rule(RuleAction.Redirect, ("src", ["192.0.2.0/24"]), ("port", ["443"])),
            Rule(RuleAction.Accept),
        ]);
        Assert.True(rules.TryDecide(Flow().BeforePayload(), out var verdict));
        Assert.Equal(new Verdict(RuleAction.Redirect, VerdictBasis.Rule, 1), verdict);
        Assert.True(rules.TryDecide(Flow(port: 22), out verdict));
        Assert.Equal(2, verdict.Rule);
        Assert.Equal(3, rules.Count);
    }

    [Fact]
    public void A_criterion_that_fails_outweighs_one_that_is_open()
    {
        var flow = Flow(port: 443).BeforePayload();
        var rules = new RuleSet([Rule(RuleAction.Accept, ("dns", ["example.com"]), ("port", ["80"]))]);
        Assert.True(rules.TryDecide(flow, out var verdict));
        Assert.Equal(Verdict.DeniedByDefault, verdict);
    }

    [Fact]
    public void An_open_rule_stops_the_search_even_if_later_ones_agree()
    {
        var rules = new RuleSet([Rule(RuleAction.Accept, ("dns", ["example.com"])), Rule(RuleAction.Accept)]);
        Assert.False(rules.TryDecide(Flow().BeforePayload(), out _));
        Assert.True(rules.TryDecide(Flow(), out var verdict));
        Assert.Equal(1, verdict.Rule);
    }

    [Theory]
    [InlineData("dest", "10.0.0.0/8", true)]
    [InlineData("protoL3", "ip6", true)]
    [InlineData("src", "10.0.0.0/8", false)]
    [InlineData("dns", "example.com", false)]
    public void Destination_criteria_are_told(string key, string value, bool expected) =>
        Assert.Equal(
            expected, new RuleSet([Rule(RuleAction.Deny, ("port", ["1"])), Rule(RuleAction.Deny, (key, [value]))]).ComparesDestination);
}
