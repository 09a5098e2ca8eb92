using Calamary.Core.Configuration;
using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Configuration;

/// <summary>Warnings about rules that do nothing.</summary>
public sealed class RuleReviewTests
{
    [Theory]
    [InlineData("{dns: .example.com}; {dns: www.example.com, port: 443}", 1)]
    [InlineData("{dest: 10.0.0.0/8}; {dest: 10.1.2.3, protoL4: tcp}", 1)]
    [InlineData("{}; {port: 22}", 1)]
    [InlineData("{port: '!22'}; {port: ['!22', '!23']}", 1)]
    [InlineData("{src: ['10.0.0.0/9', '10.128.0.0/9']}; {src: 10.0.0.0/8}", 1)]
    [InlineData("{port: [443, '!443']}; {port: 1}", 0)]
    [InlineData("{protoL4: udp, protoL5: tls}; {port: 1}", 0)]
    [InlineData("{protoL4: tcp, protoL5: quic}; {port: 1}", 0)]
    [InlineData("{protoL5: ssh, alpn: h2}; {port: 1}", 0)]
    [InlineData("{protoL4: udp, cert: valid}; {port: 1}", 0)]
    [InlineData("{protoL5: http, dns: example.com}; {port: 1}", 0)]
    public void A_rule_that_can_never_match_is_told(string matches, int rule)
    {
        var problem = Assert.Single(Warnings(matches));
        Assert.StartsWith($"rules[{rule}]", problem.Path, StringComparison.Ordinal);
        Assert.Contains("can never match", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{dns: www.example.com}; {dns: .example.com}")]
    [InlineData("{dns: '*.example.com'}; {dns: example.com}")]
    [InlineData("{dest: 10.0.0.0/8, port: 443}; {dest: 10.1.2.3}")]
    [InlineData("{port: ['!22', '!23']}; {port: '!22'}")]
    [InlineData("{src: 10.0.0.0/9}; {src: 10.0.0.0/8}")]
    [InlineData("{protoL5: [http, tls], alpn: h2}; {port: 1}")]
    [InlineData("{protoL5: http, alpn: '!h2'}; {port: 1}")]
    [InlineData("{protoL5: [http, tls], dns: example.com}; {port: 1}")]
    [InlineData("{protoL4: udp, protoL5: dns}; {port: 1}")]
    [InlineData("{user: '!alice'}; {user: alice}")]
    public void Rules_that_do_something_are_not(string matches) => Assert.Empty(Warnings(matches));

    [Fact]
    public void Names_in_plain_http_are_fine_where_clients_ask_a_proxy() =>
        Assert.Empty(Warnings("{protoL5: http, dns: example.com}; {port: 1}", "http"));

    [Fact]
    public void Unused_variables_are_told()
    {
        var result = ConfigReader.ReadText("vars: [{name: a, value: [$b]}, {name: b, value: [1.1.1.1]}, {name: c, value: [$d]}, {name: d, value: [2.2.2.2]}]\n"
            + "listen: {mode: http}\nrules: [{match: {src: $a}, action: deny}]", "c.yml", ProtocolCatalog.Ids);
        Assert.Equal(["the variable 'c' is never used", "the variable 'd' is never used"], result.Problems.Select(p => p.Message));
    }

    private static IReadOnlyList<ConfigProblem> Warnings(string matches, string mode = "transparent")
    {
        var rules = matches.Split("; ").Select(match => $"{{match: {match}, action: accept}}");
        var result = ConfigReader.ReadText($"listen: {{mode: {mode}}}\nrules: [{string.Join(", ", rules)}]", "c.yml", ProtocolCatalog.Ids);
        Assert.NotNull(result.Config);
        return result.Problems;
    }
}
