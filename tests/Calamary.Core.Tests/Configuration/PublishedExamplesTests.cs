using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

public class PublishedExamplesTests : ConfigTests
{
    [Theory]
    [InlineData("basic-nested.yml")]
    [InlineData("basic-top-level.yml")]
    public void The_basic_example_is_valid(string file)
    {
        var result = ReadFile(file);

        Assert.Equal(4, result.Problems.Count);
        // What the example names is not there on every machine; no listener and no rule of it needs any.
        Assert.All(result.Problems, p => Assert.Equal(ProblemSeverity.Warning, p.Severity));
        Assert.All(result.Problems, p => Assert.EndsWith(
            p.Path.Contains(".server", StringComparison.Ordinal) ? "does not exist (no listener needs it)" : "does not exist (no rule needs it)", p.Message, StringComparison.Ordinal));
        var config = result.Config!;
        var listener = Assert.Single(config.Listeners);
        Assert.Equal(["127.0.0.1:4128", "[::1]:4128"], listener.Addresses.Select(a => a.Endpoint.ToString()));
        Assert.All(listener.Addresses, a => Assert.False(a.IsDefault));
        Assert.Equal(["1.1.1.1:53", "8.8.8.8:53"], config.DnsNameservers.Select(e => e.ToString()));
        Assert.Equal([RuleAction.Deny, RuleAction.Deny, RuleAction.Accept, RuleAction.Accept], config.Rules.Select(r => r.Action));
        Assert.Equal([1, 1, 4, 3], config.Rules.Select(r => r.Criteria.Count));
        Assert.Equal("/tmp/calamary.crt", config.Certs.ServerPublic);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var result = ReadFile("full.yml");

        Assert.DoesNotContain(result.Problems, p => p.Severity == ProblemSeverity.Error);
        var config = result.Config!;
        Assert.True(config.Debug);
        Assert.Equal(LogFormat.Json, config.Log.Format);
        Assert.Equal(100, config.Dns.Cache);
        Assert.Equal(["1.1.1.1:53", "8.8.8.8:5353", "[2001:db8::53]:54", "[2001:db8::54]:53"], config.DnsNameservers.Select(e => e.ToString()));
        Assert.Equal([2001, 1001, 604_800_000, 501, 201, 0], new[]
        {
            config.Timeouts.Connect, config.Timeouts.Process, config.Timeouts.Idle, config.Timeouts.Probe, config.Timeouts.DnsLookup, config.Timeouts.Drain,
        }.Select(t => t.TotalMilliseconds));
        Assert.Equal((2, 200u, "eth0"), (config.Output.Retries, config.Output.FwMark, config.Output.Interface));
        Assert.Equal("192.0.2.9 2001:db8::9", $"{config.Output.IPv4} {config.Output.IPv6}");
        Assert.True(config.Parsing.IsEnabled(Protocols[0]));
        Assert.False(config.Parsing.IsEnabled(Protocols[1]));
        Assert.Equal(new LimitsConfig { Flows = 5, FlowsPerSource = 6, PeekBytes = 131_072 }, config.Limits);
        Assert.Equal(["127.0.0.0-127.255.255.255", "::1", "10.0.0.5-10.0.0.9", "198.51.100.0-198.51.100.255"], config.DenyAlways.Select(r => r.ToString()));
        Assert.True(config.Metrics.Enabled);
        Assert.Equal("[::1]:9513", config.Metrics.Endpoint.ToString());
        Assert.True(config.Listeners[0].Tproxy && config.Listeners[0].ResolveSni);
        Assert.Equal(["192.0.2.1:4130"], config.Listeners[1].Addresses.Select(a => a.Endpoint.ToString()));
        Assert.Equal([RuleAction.Deny, RuleAction.Deny, RuleAction.Redirect, RuleAction.Accept], config.Rules.Select(r => r.Action));
        Assert.Equal("ads, but not the good ones", config.Rules[1].Name);
        Assert.Empty(config.Rules[3].Criteria);
    }

    [Fact]
    public void The_lines_of_a_list_that_are_not_understood_are_warnings_at_their_place()
    {
        var problems = ReadFile("full.yml").Problems;

        var skipped = problems.Where(p => p.File.EndsWith("ads.txt", StringComparison.Ordinal));
        Assert.Equal([11, 12, 13], skipped.Select(p => p.Line));
        Assert.All(skipped, p => Assert.Equal((ProblemSeverity.Warning, "vars[3].file"), (p.Severity, p.Path)));
        // parsing.http is off, and a rule asks for it.
        Assert.Equal("rules[2].match.protol5", Assert.Single(problems.Except(skipped)).Path);
    }

    [Fact]
    public void The_built_in_default_is_valid_and_listens_on_loopback_only()
    {
        var result = ConfigReader.Read(ConfigLocator.Locate(null, ["/nonexistent/a.yml"]), Protocols);

        Assert.Empty(result.Problems);
        var config = result.Config!;
        Assert.Equal(["127.0.0.1:4128", "[::1]:4128", "127.0.0.1:4130", "[::1]:4130", "127.0.0.1:4132", "[::1]:4132"],
            config.Listeners.SelectMany(l => l.Addresses).Select(a => a.Endpoint.ToString()));
        Assert.All(config.Listeners.SelectMany(l => l.Addresses), a => Assert.True(a.IsDefault));
        Assert.Equal("True 127.0.0.1:9512", $"{config.Metrics.Enabled} {config.Metrics.Endpoint}");
        Assert.Equal([RuleAction.Accept, RuleAction.Redirect], config.Rules.Select(r => r.Action));
    }
}
