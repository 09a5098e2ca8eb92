namespace Calamary.Core.Tests.Configuration;

/// <summary>One test for each kind of error, with the line that the user sees.</summary>
public class MalformedTests : ConfigTests
{
    [Theory]
    // keys
    [InlineData("debgu: true", "c.yml:1:1: error: debgu: unknown key 'debgu'; did you mean 'debug'?")]
    [InlineData("service: {lisen: []}", "c.yml:1:11: error: service.lisen: unknown key 'lisen'; did you mean 'listen'?")]
    [InlineData("zzzzzz: 1", "c.yml:1:1: error: zzzzzz: unknown key 'zzzzzz'")]
    [InlineData("dns_nameservers: []", "c.yml:1:1: error: dns_nameservers: unknown key 'dns_nameservers'; did you mean 'dnsNameservers'?")]
    [InlineData("timeout: {conect: 1}", "c.yml:1:11: error: timeout.conect: unknown key 'conect'; did you mean 'connect'?")]
    [InlineData("service: {rules: []}", "c.yml:1:11: error: service.rules: unknown key 'rules': it belongs to the top level")]
    [InlineData("debug: no\nDebug: yes", "c.yml:2:1: error: Debug: the key 'Debug' is there twice")]
    [InlineData("service: {debug: no}\ndebug: no", "c.yml:2:1: error: debug: 'debug' is also at service.debug (line 1); keep one of them")]
    // shapes
    [InlineData("- a", "c.yml:1:1: error: config: keys with values are expected here")]
    [InlineData("text", "c.yml:1:1: error: config: keys with values are expected here")]
    [InlineData("timeout: 5", "c.yml:1:10: error: timeout: keys with values are expected here")]
    [InlineData("debug: [yes]", "c.yml:1:8: error: debug: a single value is expected here")]
    [InlineData("denyAlways: {a: b}", "c.yml:1:13: error: denyAlways: a single value is expected here")]
    [InlineData("denyAlways: [[::1]]", "c.yml:1:14: error: denyAlways[0]: a single value is expected here")]
    [InlineData("denyAlways:", "c.yml:1:12: error: denyAlways: there is no value; leave the key out for its default, or write [] for none")]
    [InlineData("debug:", "c.yml:1:7: error: debug: there is no value; leave the key out for its default")]
    // values
    [InlineData("debug: 2", "c.yml:1:8: error: debug: '2' is neither true nor false")]
    [InlineData("log: {format: jsno}", "c.yml:1:15: error: log.format: 'jsno' is none of text, json; did you mean 'json'?")]
    [InlineData("timeout: {connect: 2s}", "c.yml:1:20: error: timeout.connect: '2s' is no whole number")]
    [InlineData("timeout: {connect: 0}", "c.yml:1:20: error: timeout.connect: 0 is not between 1 and 86400000")]
    [InlineData("timeout: {idle: 604800001}", "c.yml:1:17: error: timeout.idle: 604800001 is not between 1 and 604800000")]
    [InlineData("timeout: {idle: 99999999999999999999}", "c.yml:1:17: error: timeout.idle: '99999999999999999999' is no whole number")]
    [InlineData("limits: {peekBytes: 1023}", "c.yml:1:21: error: limits.peekBytes: 1023 is not between 1024 and 1048576")]
    [InlineData("output: {fwmark: 4294967296}", "c.yml:1:18: error: output.fwmark: 4294967296 is not between 0 and 4294967295")]
    [InlineData("output: {ip4: '::1'}", "c.yml:1:15: error: output.ip4: '::1' is no IPv4 address")]
    [InlineData("output: {interface: 'a b'}", "c.yml:1:21: error: output.interface: 'a b' is no name of a network interface")]
    [InlineData("metrics: {ip: localhost}", "c.yml:1:15: error: metrics.ip: 'localhost' is no IP address")]
    [InlineData("denyAlways: [10.0.0.0/33]", "c.yml:1:14: error: denyAlways[0]: '10.0.0.0/33' is no address, network or range")]
    [InlineData("denyAlways: ['!10.0.0.1']", "c.yml:1:14: error: denyAlways[0]: '!10.0.0.1' cannot be negated here")]
    [InlineData("dnsNameservers: 1.1.1.1:0", "c.yml:1:17: error: dnsNameservers: '1.1.1.1:0' is no nameserver: IP or IP:port ([IPv6]:port)")]
    [InlineData("parsing: {tsl: no}", "c.yml:1:11: error: parsing.tsl: unknown key 'tsl'; did you mean 'tls'?")]
    // listeners
    [InlineData("listen: [{port: 1}]", "c.yml:1:10: error: listen[0]: the listener has no 'mode': transparent, proxyproto, http, https, socks5")]
    [InlineData("listen: [{mode: transparant}]",
        "c.yml:1:17: error: listen[0].mode: 'transparant' is none of transparent, proxyproto, http, https, socks5; did you mean 'transparent'?")]
    [InlineData("service: {listen: [{mode: http, port: 0}]}", "c.yml:1:39: error: service.listen[0].port: 0 is not between 1 and 65535")]
    [InlineData("listen: {mode: http, ip4: '::1'}", "c.yml:1:27: error: listen.ip4: '::1' is no IPv4 address")]
    [InlineData("listen: {mode: http, ip6: [127.0.0.1]}", "c.yml:1:28: error: listen.ip6[0]: '127.0.0.1' is no IPv6 address")]
    [InlineData("listen: {mode: http, ip6: ['::ffff:127.0.0.1']}", "c.yml:1:28: error: listen.ip6[0]: '::ffff:127.0.0.1' is no IPv6 address")]
    [InlineData("listen: {mode: http, ip4: [], ip6: []}", "c.yml:1:9: error: listen: there is no address to listen on: both 'ip4' and 'ip6' are empty")]
    [InlineData("listen: [{mode: http, port: 7x}, {mode: http}]", "c.yml:1:29: error: listen[0].port: '7x' is no whole number")]
    [InlineData("vars: [{name: a, value: []}]\nlisten: {mode: http, ip4: $a, ip6: []}", "c.yml:2:9: error: listen: there is no address to listen on: both 'ip4' and 'ip6' are empty")]
    [InlineData("listen: [{mode: http, ip6: []}, {mode: transparent, port: 4130, ip6: []}]",
        "c.yml:1:33: error: listen[1]: 127.0.0.1:4130 is taken by listen[0] already")]
    [InlineData("listen: [{mode: http, port: 9512, ip6: []}]\nmetrics: {enabled: true}", "c.yml:1:10: error: listen[0]: 127.0.0.1:9512 is taken by metrics already")]
    [InlineData("listen: {mode: http, tproxy: true}", "c.yml:1:30: error: listen.tproxy: this mode does not have it; it is for 'transparent' listeners")]
    [InlineData("listen: {mode: http, resolveSni: true}", "c.yml:1:34: error: listen.resolveSni: this mode does not have it; it is for 'transparent' and 'proxyproto' listeners")]
    [InlineData("listen: {mode: http, udp: true}",
        "c.yml:1:27: error: listen.udp: this mode does not have it; it is for 'transparent', 'proxyproto' and 'socks5' listeners")]
    [InlineData("listen: {mode: http, tls: true}",
        "c.yml:1:27: error: listen.tls: this mode does not have it; it is for 'proxyproto' and 'socks5' listeners; 'https' always has it")]
    [InlineData("listen: {mode: socks5, clientCa: x}",
        "c.yml:1:34: error: listen.clientCa: this mode does not have it; it is for 'proxyproto' and 'https' listeners")]
    [InlineData("listen: {mode: http, trusted: [10.0.0.0/8]}",
        "c.yml:1:31: error: listen.trusted: this mode does not have it; it is for 'proxyproto' listeners")]
    [InlineData("listen: [{mode: proxyproto}]",
        "c.yml:1:10: error: listen[0]: a 'proxyproto' listener needs 'trusted': the addresses of those who may send a header")]
    [InlineData("listen: {mode: proxyproto, trusted: []}",
        "c.yml:1:37: error: listen.trusted: a 'proxyproto' listener needs 'trusted': the addresses of those who may send a header")]
    [InlineData("listen: {mode: proxyproto, trusted: [10.0.0.1, example.com]}",
        "c.yml:1:48: error: listen.trusted[1]: 'example.com' is no address, network or range")]
    [InlineData("listen: {mode: proxyproto, trusted: '!10.0.0.1'}", "c.yml:1:37: error: listen.trusted: '!10.0.0.1' cannot be negated here")]
    [InlineData("listen: [{mode: https}]", "c.yml:1:10: error: listen[0]: TLS needs a certificate and its key: set 'certs.serverPublic' and 'certs.serverPrivate'")]
    [InlineData("listen: {mode: socks5, tls: yes}",
        "c.yml:1:9: error: listen: TLS needs a certificate and its key: set 'certs.serverPublic' and 'certs.serverPrivate'")]
    [InlineData("listen: {mode: http, tcp: false}", "c.yml:1:27: error: listen.tcp: there is nothing left to listen for")]
    [InlineData("listen: {mode: socks5, tcp: false, udp: true}", "c.yml:1:29: error: listen.tcp: there is nothing left to listen for")]
    // later versions
    [InlineData("listen: {mode: transparent, udp: true}",
        "c.yml:1:34: error: listen.udp: datagrams tell where they went to only behind TPROXY: set 'tproxy: true', see docs/redirect.md")]
    [InlineData("denyUdp: rejct", "c.yml:1:10: error: denyUdp: 'rejct' is none of reject, drop; did you mean 'reject'?")]
    [InlineData("listen: {mode: http, users: x}", "c.yml:1:29: error: listen.users: the file 'x' does not exist")]
    [InlineData("listen: {mode: transparent, users: x}",
        "c.yml:1:36: error: listen.users: this mode does not have it; it is for 'http', 'https' and 'socks5' listeners")]
    [InlineData("listen: {mode: http, interceptFallback: passthru}",
        "c.yml:1:41: error: listen.interceptFallback: 'passthru' is none of deny, passthrough")]
    [InlineData("dns: {stripEch: maybe}", "c.yml:1:17: error: dns.stripEch: 'maybe' is neither true nor false")]
    [InlineData("recheck: perhaps", "c.yml:1:10: error: recheck: 'perhaps' is neither true nor false")]
    [InlineData("rules: [{match: {}, action: intercept}]", "c.yml:1:29: error: rules[0].action: 'intercept' needs a CA of its own: "
        + "set 'certs.interceptPublic' and 'certs.interceptPrivate'; make one with 'calamary ca init --dir DIR'")]
    [InlineData("rules: [{match: {action: intercept}}]", "c.yml:1:26: error: rules[0].match.action: 'intercept' needs a CA of its own: "
        + "set 'certs.interceptPublic' and 'certs.interceptPrivate'; make one with 'calamary ca init --dir DIR'")]
    [InlineData("rules: [{match: {}, action: accept, limit: {rate: 1mbit}}]", "c.yml:1:44: error: rules[0].limit: the key goes with the action 'limit' only")]
    [InlineData("rules: [{match: {}, action: limit}]",
        "c.yml:1:29: error: rules[0].action: 'limit' needs the key 'limit' beside it: limit: {rate: '10mbit', flows: 100, per: 'src'}")]
    [InlineData("rules: [{match: {}, action: limit, limit: {per: src}}]", "c.yml:1:43: error: rules[0].limit: there is nothing to limit: write 'rate', 'flows' or both")]
    [InlineData("rules: [{match: {}, action: limit, limit: {rate: 10mb}}]",
        "c.yml:1:50: error: rules[0].limit.rate: '10mb' is no rate: write one as 500kbit, 10mbit or 1gbit (bits a second)")]
    [InlineData("rules: [{match: {}, action: limit, limit: {rate: 1bit}}]", "c.yml:1:50: error: rules[0].limit.rate: '1bit' is not between 8kbit and 100gbit")]
    [InlineData("certs: {caPublic: ca.crt}", "c.yml:1:19: warning: certs.caPublic: the file 'ca.crt' does not exist (no rule needs it)")]
    [InlineData("certs: {caPublic: ca.crt}\nrules: [{match: {cert: valid}, action: accept}]",
        "c.yml:1:19: error: certs.caPublic: the file 'ca.crt' does not exist")]
    // rules
    [InlineData("rules: 5", "c.yml:1:8: error: rules: keys with values are expected here")]
    [InlineData("rules: [null]", "c.yml:1:9: error: rules[0]: keys with values are expected here")]
    [InlineData("rules: [{match: {port: 1}}]", "c.yml:1:9: error: rules[0]: the rule has no 'action'")]
    [InlineData("rules: [{match: {}, action: acept}]",
        "c.yml:1:29: error: rules[0].action: 'acept' is none of accept, allow, deny, drop, redirect, intercept, limit; did you mean 'accept'?")]
    [InlineData("rules: [{match: {action: deny}, action: accept}]",
        "c.yml:1:26: error: rules[0].match.action: differs from the 'action' beside 'match'; keep that one only")]
    [InlineData("rules: [{match: {dset: 10.0.0.1}, action: deny}]", "c.yml:1:18: error: rules[0].match.dset: unknown key 'dset'; did you mean 'dest'?")]
    [InlineData("rules: [{match: {}, action: deny, dest: 10.0.0.1}]", "c.yml:1:35: error: rules[0].dest: unknown key 'dest': it belongs inside 'match'")]
    [InlineData("rules: [{match: , action: accept}]",
        "c.yml:1:17: error: rules[0].match: there is no value: indent its keys deeper than 'match', or write {} to match everything")]
    [InlineData("rules: [{match: {port: []}, action: accept}]",
        "c.yml:1:24: error: rules[0].match.port: there are no values, so nothing can match; leave the key out to match everything")]
    [InlineData("rules: [{match: {port: [1, null]}, action: accept}]", "c.yml:1:28: error: rules[0].match.port[1]: there is no value")]
    [InlineData("rules: [{match: {port: '!!1'}, action: accept}]", "c.yml:1:24: error: rules[0].match.port: '!!1' needs one value after at most one '!'")]
    [InlineData("rules: [{action: accept, name: 'a|b'}]", "c.yml:1:32: error: rules[0].name: a name has 1 to 64 printable characters without '|'")]
    [InlineData("rules: [{action: accept, name: ''}]", "c.yml:1:32: error: rules[0].name: a name has 1 to 64 printable characters without '|'")]
    [InlineData("rules: [{action: accept, name: \"a\\nb\"}]", "c.yml:1:32: error: rules[0].name: a name has 1 to 64 printable characters without '|'")]
    public void Is_reported(string text, string line) => Assert.Equal([line], Problems(text));

    [Fact]
    public void A_value_that_its_criterion_refuses_is_reported_at_its_place()
    {
        var problem = Assert.Single(Problems("rules:\n- match: {port: 1}\n  action: deny\n- match:\n    dest: [10.0.0.1, nonsense]\n  action: deny"));
        Assert.StartsWith("c.yml:5:22: error: rules[1].match.dest[1]: ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cert: x", 24)]
    [InlineData("host: 'x:1'", 24)]
    [InlineData("path: x", 24)]
    [InlineData("method: 'a b'", 26)]
    public void Values_of_a_request_are_checked(string match, int column) =>
        Assert.StartsWith($"c.yml:1:{column}: error: rules[0].match.", Assert.Single(Problems($"rules: [{{match: {{{match}}}, action: deny}}]")), StringComparison.Ordinal);

    [Fact]
    public void Every_problem_is_reported_in_the_order_of_the_text()
    {
        Assert.Equal(
        [
            "c.yml:1:17: error: rules.match.dset: unknown key 'dset'; did you mean 'dest'?",
            "c.yml:1:35: error: rules.action: 'x' is none of accept, allow, deny, drop, redirect, intercept, limit",
            "c.yml:2:1: error: dbug: unknown key 'dbug'; did you mean 'debug'?",
            "c.yml:3:8: error: vars: keys with values are expected here",
            "c.yml:4:16: error: listen.port: '70x' is no whole number",
            "c.yml:4:26: error: listen.udp: this mode does not have it; it is for 'transparent', 'proxyproto' and 'socks5' listeners",
        ], Problems("rules: {match: {dset: 1}, action: x}\ndbug: 1\nvars:  5\nlisten: {port: 70x, udp: yes, mode: http}"));
    }

    [Fact]
    public void Without_rules_or_listeners_there_are_warnings() =>
        Assert.Equal(
        [
            "c.yml:1:1: warning: config: no rules: everything is denied",
            "c.yml:1:9: warning: listen: there are no listeners: nothing comes in",
        ], Read("listen: []").Problems.Select(p => p.ToString()));

    [Fact]
    public void A_message_is_one_line() => Assert.DoesNotContain(Problems("\"a\\nb\": 1\nlog: {format: \"x\\r\\ny\"}"), line => line.Any(char.IsControl));

    [Fact]
    public void A_message_has_an_end() => Assert.InRange(Assert.Single(Problems($"log: {{format: {new string('x', 100_000)}}}")).Length, 100, 1100);

    [Fact]
    public void The_number_of_problems_has_an_end()
    {
        var problems = Problems("denyAlways: [" + string.Concat(Enumerable.Repeat("x,", 20_000)) + "]");

        Assert.InRange(problems.Count, 9_990, 10_001);
        Assert.EndsWith("more problems are not listed", problems[^1], StringComparison.Ordinal);
    }
}
