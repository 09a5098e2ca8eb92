using System.Diagnostics;

namespace Calamary.Core.Tests.Configuration;

public class VariableTests : ConfigTests
{
    private const string NoList = "vars: [{name: a, file: /nonexistent/list.txt}]";

    [Theory]
    [InlineData("vars: [{value: 1}]", "c.yml:1:8: error: vars[0]: the variable has no 'name'")]
    [InlineData("vars: [{name: '$a', value: 1}]", "c.yml:1:15: error: vars[0].name: the name stands without '$' here")]
    [InlineData("vars: [{name: 'a b', value: 1}]", "c.yml:1:15: error: vars[0].name: a name has 1 to 64 letters, digits, '_', '-' or '.'")]
    [InlineData("vars: [{name: a}]", "c.yml:1:8: error: vars[0]: the variable needs either 'value' or 'file'")]
    [InlineData("vars: [{name: a, value: 1, file: x}]", "c.yml:1:8: error: vars[0]: the variable needs either 'value' or 'file'")]
    [InlineData("vars: [{name: a, values: 1}]", "c.yml:1:8: error: vars[0]: the variable needs either 'value' or 'file'")]
    [InlineData("vars: [{name: a, value: 1}, {name: A, value: 2}]", "c.yml:1:36: error: vars[1].name: there is another variable 'A'")]
    [InlineData("vars: [{name: a, value: {b: c}}]", "c.yml:1:25: error: vars[0].value: a single value is expected here")]
    [InlineData("vars: [{name: a, value: $a}]", "c.yml:1:25: error: vars[0].value: variables hold each other in a circle: $a -> $a")]
    [InlineData("vars: [{name: a, value: $b}, {name: b, value: [1, $c]}, {name: c, value: '!$B'}]",
        "c.yml:1:74: error: vars[2].value: variables hold each other in a circle: $b -> $c -> $b")]
    [InlineData("vars: [{name: svc, value: 1}]\ndenyAlways: $svcs", "c.yml:2:13: error: denyAlways: unknown variable '$svcs'; did you mean '$svc'?")]
    [InlineData("vars: [{name: a, value: '!10.0.0.1'}]\nrules: [{match: {src: '!$a'}, action: deny}]",
        "c.yml:2:23: error: rules[0].match.src: 'a' holds negated values and cannot be negated itself; list them without '!'")]
    [InlineData(NoList, "c.yml:1:24: error: vars[0].file: the file '/nonexistent/list.txt' does not exist")]
    [InlineData("vars: [{name: a, file: /tmp}]", "c.yml:1:24: error: vars[0].file: the file '/tmp' cannot be read: no permission, or it is a directory")]
    public void Is_reported(string text, string line) => Assert.Contains(line, Problems(text));

    [Theory]
    [InlineData("denyAlways: [$none, x]", "denyAlways[0]: unknown variable '$none'", "denyAlways[1]: 'x' is no address, network or range")]
    [InlineData("rules: [{match: {port: ['', x]}, action: deny}]", "rules[0].match.port[0]: there is no value", "rules[0].match.port[1]: ")]
    [InlineData("vars: [{name: a, value: [$none, x]}]\ndenyAlways: $a", "vars[0].value[0]: unknown variable '$none'", "vars[0].value[1]: 'x' is no address")]
    [InlineData("rules: [{match: {port: [$none]}, action: deny}]", "rules[0].match.port[0]: unknown variable '$none'")]
    [InlineData("rules: [{match: {port: [$none, '']}, action: deny}]", "port[0]: unknown variable '$none'", "port[1]: there is no value")]
    public void What_cannot_be_read_hides_nothing_else_of_its_list(string text, params string[] parts)
    {
        var problems = Problems(text).Where(line => line.Contains(": error: ", StringComparison.Ordinal)).ToList();

        Assert.Equal(parts.Length, problems.Count);
        for (var i = 0; i < parts.Length; i++) Assert.Contains(parts[i], problems[i], StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_is_reported_once() =>
        Assert.Single(Problems("vars: [{name: a, value: $b}, {name: b, value: $a}]\nrules: [{match: {port: $a}, action: deny}]"));

    [Fact]
    public void Variables_hold_variables_in_any_order_and_stand_in_every_list()
    {
        var config = Valid(
            """
            vars:
            - {name: all, value: ['$Lab', 10.0.0.0/8]}
            - {name: lab, value: [192.0.2.0/24, 198.51.100.7]}
            - {name: dns1, value: 192.0.2.53}
            listen: [{mode: http, ip4: $dns1}]
            dnsNameservers: $dns1
            denyAlways: ['::1', '$all']
            rules: [{match: {dest: ['!$all', '!203.0.113.1']}, action: accept}]
            """);

        Assert.Equal(["::1", "192.0.2.0-192.0.2.255", "198.51.100.7", "10.0.0.0-10.255.255.255"], config.DenyAlways.Select(r => r.ToString()));
        Assert.Equal("192.0.2.53:53", config.DnsNameservers[0].ToString());
        Assert.Equal("192.0.2.53:4130", config.Listeners[0].Addresses[0].Endpoint.ToString());
    }

    [Fact]
    public void A_wrong_value_of_a_variable_is_reported_where_it_stands()
    {
        var problem = Assert.Single(Problems("vars: [{name: a, value: [10.0.0.1, x]}]\nrules: [{match: {src: $a}, action: deny}, {match: {src: $a}, action: deny}]"));

        Assert.StartsWith("c.yml:1:36: error: vars[0].value[1]: ", problem, StringComparison.Ordinal);
        Assert.EndsWith(" (for rules[0].match.src)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_over_the_same_variable_share_their_criterion()
    {
        var config = Valid("vars: [{name: a, value: 10.0.0.1}]\n" + Listener +
            "rules: [{match: {src: $a, port: 1}, action: deny}, {match: {src: $a}, action: deny}, {match: {dest: $a}, action: deny}]");

        Assert.Same(config.Rules[0].Criteria[0], config.Rules[1].Criteria[0]);
        Assert.NotSame(config.Rules[0].Criteria[0], config.Rules[2].Criteria[0]);
    }

    [Fact]
    public void Expansion_is_bounded()
    {
        var tens = Enumerable.Range(1, 9).Select(i => $"- {{name: v{i}, value: [{string.Join(',', Enumerable.Repeat($"$v{i - 1}", 10))}]}}\n");
        var watch = Stopwatch.StartNew();
        var problems = Problems("vars:\n- {name: v0, value: [1,2,3,4,5,6,7,8,9,0]}\n" + string.Concat(tens));

        Assert.Contains(problems, p => p.EndsWith("variables come to more than 10000000 values", StringComparison.Ordinal));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public void Depth_is_bounded()
    {
        var chain = Enumerable.Range(0, 100_000).Select(i => $"- {{name: v{i}, value: $v{i + 1}}}\n");

        Assert.Contains(Problems("vars:\n" + string.Concat(chain)), p => p.EndsWith("variables hold each other deeper than 256 levels", StringComparison.Ordinal));
    }
}
