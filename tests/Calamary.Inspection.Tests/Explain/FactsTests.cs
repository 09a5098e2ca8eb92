namespace Calamary.Inspection.Tests.Explain;

/// <summary>Each key of a described flow is the fact that rules compare; what is left out, the flow does not have.</summary>
public sealed class FactsTests
{
    [Theory]
    [InlineData("src: 10.0.0.0/8", """{"src":"10.1.2.3"}""")]
    [InlineData("src: 10.0.0.0/8", """{"src":"::ffff:10.1.2.3"}""")]
    [InlineData("src: '!10.0.0.0/8'", "{}")]
    [InlineData("dest: '2001:db8::/32'", """{"dest":"2001:db8::1"}""")]
    [InlineData("dest: '!0.0.0.0/0'", "{}")]
    [InlineData("port: 443", """{"port":443}""")]
    [InlineData("port: 443", """{"port":"443"}""")]
    [InlineData("port: '!0-65535'", "{}")]
    [InlineData("sport: 1024-2000", """{"sport":1500}""")]
    [InlineData("sport: '!0'", "{}")]
    [InlineData("protoL3: ip6", """{"dest":"2001:db8::1"}""")]
    [InlineData("protoL3: ['!ip4', '!ip6']", "{}")]
    [InlineData("protoL4: udp", """{"proto":"UDP"}""")]
    [InlineData("protoL4: ['!tcp', '!udp']", "{}")]
    [InlineData("protoL4: ['!tcp', '!udp']", """{"l5":"quic"}""")]
    [InlineData("protoL5: quic", """{"l5":"QUIC"}""")]
    [InlineData("protoL5: unknown", "{}")]
    [InlineData("encrypted: true", """{"l5":"tls"}""")]
    [InlineData("encrypted: false", """{"l5":"http","host":"example.com"}""")]
    [InlineData("encrypted: false", "{}")]
    [InlineData("dns: .example.com", """{"l5":"tls","sni":"WWW.Example.COM."}""")]
    [InlineData("dns: .example.com", """{"sni":"www.example.com"}""")]
    [InlineData("dns: .example.com", """{"l5":"dns","sni":"www.example.com"}""")]
    [InlineData("dns: bücher.example", """{"l5":"quic","sni":"BÜCHER.example"}""")]
    [InlineData("dns: '*'", """{"l5":"dns","sni":"a b"}""")]
    [InlineData("dns: '!*'", """{"l5":"tls","sni":"192.0.2.1"}""")]
    [InlineData("dns: '!*'", """{"l5":"tls","sni":"a b"}""")]
    [InlineData("dns: '!*'", """{"l5":"tls","sni":null}""")]
    [InlineData("dns: '!*'", """{"l5":"http","host":"www.example.com"}""")]
    [InlineData("dns: '!*'", """{"l5":"dns","sni":"."}""")]
    [InlineData("alpn: h2", """{"alpn":["http/1.1","h2"]}""")]
    [InlineData("alpn: h2", """{"alpn":"http/1.1,h2"}""")]
    [InlineData("alpn: h2", """{"l5":"http","alpn":"h2"}""")]
    [InlineData("alpn: '!h2'", """{"l5":"tls","alpn":[]}""")]
    [InlineData("alpn: '!h2'", """{"l5":"tls"}""")]
    [InlineData("tlsVersion: '>=1.3'", """{"tls_version":"1.3"}""")]
    [InlineData("tlsVersion: 1.2", """{"tls_version":1.2}""")]
    [InlineData("tlsVersion: '<1.0'", """{"tls_version":"ssl3"}""")]
    [InlineData("tlsVersion: '!<=1.3'", """{"l5":"tls"}""")]
    [InlineData("ech: true", """{"ech":true}""")]
    [InlineData("ech: false", """{"l5":"tls","ech":false}""")]
    [InlineData("ech: ['!true', '!false']", """{"l5":"tls","sni":"example.com"}""")]
    [InlineData("user: alice", """{"user":"alice"}""")]
    [InlineData("user: '!alice'", """{"user":"Alice"}""")]
    [InlineData("listener: http", """{"listener":"http"}""")]
    [InlineData("listener: 'http:4130'", """{"listener":"HTTP:4130"}""")]
    [InlineData("listener: '!http:4130'", """{"listener":"http"}""")]
    [InlineData("host: '*.example.com'", """{"host":"WWW.example.com:8443"}""")]
    [InlineData("host: '[2001:db8::1]'", """{"host":"2001:db8:0::1"}""")]
    [InlineData("host: '!*'", """{"path":"/"}""")]
    [InlineData("path: '/admin'", """{"path":"/x/..//%61dmin?a=b"}""")]
    [InlineData("path: '!*'", """{"host":"example.com"}""")]
    [InlineData("method: get", """{"method":"GET"}""")]
    [InlineData("method: '!*'", """{"host":"example.com"}""")]
    [InlineData("cert: valid", """{"cert":"valid"}""")]
    [InlineData("cert: invalid", """{"cert":"expired"}""")]
    [InlineData("cert: untrusted", """{"cert":"SelfSigned"}""")]
    [InlineData("cert: mismatch", """{"cert":["expired","mismatch"]}""")]
    [InlineData("cert: ['!expired', '!untrusted', '!mismatch', '!selfsigned', '!valid']", """{"cert":"invalid"}""")]
    [InlineData("cert: ['!valid', '!invalid']", """{"l5":"tls","cert":"unreachable"}""")]
    [InlineData("cert: ['!valid', '!invalid', '!unreachable']", """{"l5":"tls"}""")]
    public async Task A_rule_matches(string match, string flow)
    {
        using var run = await ExplainRun.WithFlowsAsync($"{{match: {{{match}}}, action: redirect, name: x}}", flow, "--json");
        // Some of these can match no real flow, which is a warning.
        Assert.DoesNotContain("error", run.Errors, StringComparison.Ordinal);
        Assert.Equal("""{"action":"redirect","rule":0,"name":"x"}""", Assert.Single(run.Lines));
    }

    [Theory]
    [InlineData("src: 0.0.0.0/0", "{}")]
    [InlineData("dest: ['0.0.0.0/0', '::/0']", "{}")]
    [InlineData("port: 0-65535", "{}")]
    [InlineData("protoL4: [tcp, udp]", "{}")]
    [InlineData("ech: [true, false]", """{"l5":"tls"}""")]
    [InlineData("tlsVersion: '<=1.3'", """{"l5":"tls"}""")]
    [InlineData("dns: '*'", """{"l5":"tls","sni":"a b"}""")]
    [InlineData("path: '*'", """{"method":"GET"}""")]
    [InlineData("method: '*'", """{"path":"/"}""")]
    [InlineData("user: '!alice'", """{"user":"alice"}""")]
    [InlineData("cert: [valid, invalid]", """{"cert":"unreachable"}""")]
    [InlineData("cert: expired", """{"cert":"invalid"}""")]
    public async Task A_rule_does_not_match(string match, string flow)
    {
        using var run = await ExplainRun.WithFlowsAsync($"{{match: {{{match}}}, action: accept}}", flow, "--json");
        Assert.Equal("""{"action":"deny","rule":null,"name":null}""", Assert.Single(run.Lines));
    }

    [Theory]
    [InlineData("ssh", true)]
    [InlineData("wireguard", true)]
    [InlineData("smtp", false)]
    public async Task Protocols_of_rules_to_come_are_known(string protocol, bool encrypted)
    {
        using var run = await ExplainRun.WithFlowsAsync("{match: {encrypted: true}, action: accept}", $$"""{"l5":"{{protocol}}"}""", "--json");
        Assert.Equal(encrypted, run.Output.Contains("accept", StringComparison.Ordinal));
    }
}
