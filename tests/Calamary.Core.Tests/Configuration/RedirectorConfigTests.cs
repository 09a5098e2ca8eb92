using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

public sealed class RedirectorConfigTests : IDisposable
{
    private const string Base = "listen: {mode: transparent}\nproxies: 192.0.2.10:4129\n";

    private readonly Pem _pem = new();

    public void Dispose() => _pem.Dispose();

    [Theory]
    [InlineData("listen: {mode: transparent}", "c.yml:1:1: error: config: 'proxies' is missing: one or more IP:PORT where flows go, such as ['192.0.2.10:4129']")]
    [InlineData("listen: {mode: transparent}\nproxies: []", "c.yml:2:10: error: proxies: 'proxies' is missing: one or more IP:PORT where flows go, such as ['192.0.2.10:4129']")]
    [InlineData("listen: {mode: transparent}\nproxies: proxy.example:4129", "c.yml:2:10: error: proxies: 'proxy.example:4129' is no IP:PORT ([IPv6]:PORT); names are not resolved")]
    [InlineData("listen: {mode: transparent}\nproxies: ['192.0.2.10:4129', 192.0.2.11]", "c.yml:2:30: error: proxies[1]: '192.0.2.11' is no IP:PORT ([IPv6]:PORT); names are not resolved")]
    [InlineData("listen: {mode: transparent}\nproxies: 192.0.2.10:0", "c.yml:2:10: error: proxies: '192.0.2.10:0' is no IP:PORT ([IPv6]:PORT); names are not resolved")]
    [InlineData("listen: {mode: transparent}\nproxies: '!192.0.2.10:4129'", "c.yml:2:10: error: proxies: '!192.0.2.10:4129' cannot be negated here")]
    [InlineData("listen: {mode: transparent}\nproxies: ['192.0.2.10:4129', '[::ffff:192.0.2.10]:4129']", "c.yml:2:30: error: proxies[1]: 192.0.2.10:4129 is in the list already")]
    [InlineData("listen: {mode: transparent}\nproxies: 0.0.0.0:4129", "c.yml:2:10: error: proxies: 0.0.0.0 is not the address of a machine")]
    [InlineData("listen: {mode: transparent}\nproxies: '[::]:4129'", "c.yml:2:10: error: proxies: :: is not the address of a machine")]
    [InlineData("listen: {mode: transparent}\nproxies: 224.0.0.1:4129", "c.yml:2:10: error: proxies: 224.0.0.1 is not the address of a machine")]
    [InlineData("listen: {mode: transparent}\nproxies: '[ff02::1]:4129'", "c.yml:2:10: error: proxies: ff02::1 is not the address of a machine")]
    [InlineData("listen: {mode: transparent}\nproxies: 255.255.255.255:4129", "c.yml:2:10: error: proxies: 255.255.255.255 is not the address of a machine")]
    [InlineData("listen: {mode: transparent}\nproxies: 127.0.0.1:4128", "c.yml:2:10: error: proxies: 127.0.0.1:4128 is the redirector's own listener")]
    [InlineData("listen: {mode: transparent, ip4: 0.0.0.0, port: 4200}\nproxies: 127.0.0.2:4200", "c.yml:2:10: error: proxies: 127.0.0.2:4200 is the redirector's own listener")]
    [InlineData("listen: {mode: http}\nproxies: 192.0.2.10:4129", "c.yml:1:16: error: listen.mode: the redirector's listeners are 'transparent'")]
    [InlineData("listen: {mode: transparent, tproxy: yes, udp: true}\nproxies: 192.0.2.10:4129\nproxyProtocol: 1",
        "c.yml:3:16: error: proxyProtocol: version 1 has no word for UDP: take 2, or listeners without 'udp'")]
    [InlineData("listen: {mode: transparent, resolveSni: true}\nproxies: 192.0.2.10:4129", "c.yml:1:41: error: listen.resolveSni: the redirector does not look into flows; the proxy's listener has this key")]
    [InlineData(Base + "proxyProtocol: 3", "c.yml:3:16: error: proxyProtocol: 3 is not between 1 and 2")]
    [InlineData(Base + "balance: leastcon", "c.yml:3:10: error: balance: 'leastcon' is none of leastconn, source; did you mean 'leastconn'?")]
    [InlineData(Base + "health: {interval: 99}", "c.yml:3:20: error: health.interval: 99 is not between 100 and 3600000")]
    [InlineData(Base + "health: {intervall: 100}", "c.yml:3:10: error: health.intervall: unknown key 'intervall'; did you mean 'interval'?")]
    [InlineData(Base + "timeout: {dnsLookup: 100}", "c.yml:3:11: error: timeout.dnsLookup: unknown key 'dnsLookup'")]
    [InlineData(Base + "limits: {peekBytes: 1024}", "c.yml:3:10: error: limits.peekBytes: unknown key 'peekBytes': the redirector does not look into flows")]
    [InlineData(Base + "proxys: x", "c.yml:3:1: error: proxys: unknown key 'proxys'; did you mean 'proxies'?")]
    [InlineData(Base + "rules: []", "c.yml:3:1: error: rules: unknown key 'rules': the redirector has no rules; the proxy judges")]
    [InlineData(Base + "service: {vars: []}", "c.yml:3:11: error: service.vars: unknown key 'vars': the redirector has no rules; the proxy judges")]
    [InlineData(Base + "dnsNameservers: []", "c.yml:3:1: error: dnsNameservers: unknown key 'dnsNameservers': the redirector has no rules and does not look into flows; the proxy does")]
    [InlineData(Base + "tls: {enabled: true, cert: c.crt}", "c.yml:3:28: error: tls.cert: 'key', the file with its key, is missing")]
    [InlineData(Base + "tls: {serverName: 192.0.2.1}", "c.yml:3:19: error: tls.serverName: an address is no name; without 'serverName' the proxy's own address must be in its certificate")]
    [InlineData(Base + "tls: {serverName: 'a b'}", "c.yml:3:19: error: tls.serverName: 'a b' is no host name")]
    public void Is_reported(string text, string line) => Assert.Equal([line], Problems(text));

    [Fact]
    public void Every_problem_of_a_list_is_reported() => Assert.Equal(
        [
            "c.yml:2:12: error: proxies[0]: unknown variable '$none'",
            "c.yml:2:19: error: proxies[1]: there is no value",
            "c.yml:2:23: error: proxies[2]: 'x' is no IP:PORT ([IPv6]:PORT); names are not resolved",
        ],
        Problems("listen: {mode: transparent}\nproxies: [ $none, '', x, 192.0.2.1:1]"));

    [Fact]
    public void Without_listeners_there_is_a_warning() =>
        Assert.Equal(["c.yml:1:1: warning: config: there are no listeners: nothing comes in"], Problems("proxies: 192.0.2.10:4129"));

    [Fact]
    public void Sixty_four_proxies_are_the_most()
    {
        string List(int count) => "listen: {mode: transparent}\nproxies: [" + string.Join(", ", Enumerable.Range(1, count).Select(i => $"'192.0.2.{i}:4129'")) + "]";

        Assert.Empty(Problems(List(64)));
        Assert.EndsWith("proxies[64]: there are more than 64 proxies", Assert.Single(Problems(List(65))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_those_of_the_documentation()
    {
        var config = Valid(Base);

        Assert.Equal((2, ProxyBalance.LeastConnections, false), (config.ProxyProtocol, config.Balance, config.Tls.Enabled));
        Assert.Equal(new HealthConfig { Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(1) }, config.Health);
        Assert.Equal((2.0, 30.0, 10.0), (config.Service.Timeouts.Connect.TotalSeconds, config.Service.Timeouts.Idle.TotalSeconds, config.Service.Timeouts.Drain.TotalSeconds));
        Assert.Equal(0, config.Service.Output.Retries);
        Assert.Equal(["127.0.0.1:4128", "[::1]:4128"], config.Service.Listeners[0].Addresses.Select(a => a.Endpoint.ToString()));
    }

    [Fact]
    public void Everything_is_accepted_and_nothing_resolved()
    {
        var service = Valid(Base).Service;

        Assert.Equal(RuleAction.Accept, Assert.Single(service.Rules).Action);
        Assert.Empty(service.Rules[0].Criteria);
        Assert.Empty(service.DenyAlways);
    }

    [Fact]
    public void Every_key_is_read()
    {
        _pem.Write("ca.crt", Pem.Chain(_pem.Authority));
        _pem.Write("c.crt", Pem.Chain(_pem.Leaf, _pem.Intermediate));
        _pem.Write("c.key", Pem.KeyOf(_pem.Leaf));
        var config = Valid("""
            service:
              listen: [{mode: 'transparent', port: 4128, tproxy: true}]
              proxies: ['192.0.2.10:4129', '[2001:db8::1]:4129']
              proxyProtocol: 1
              balance: 'Source'
              tls: {enabled: true, ca: 'ca.crt', cert: 'c.crt', key: 'c.key', serverName: 'Proxy.example.'}
              health: {interval: 3000, timeout: 500}
              timeout: {connect: 2001, idle: 30001, process: 1001, drain: 10001}
              debug: true
              log: {format: 'json'}
              output: {retries: 2, fwmark: 5, interface: 'eth0', ip4: '', ip6: ''}
              limits: {flows: 10, flowsPerSource: 5}
              metrics: {enabled: true, port: 9513}
            """);

        Assert.Equal(["192.0.2.10:4129", "[2001:db8::1]:4129"], config.Proxies.Select(p => p.ToString()));
        Assert.Equal((1, ProxyBalance.Source, "proxy.example"), (config.ProxyProtocol, config.Balance, config.Tls.ServerName));
        Assert.Single(config.Tls.Authorities!);
        Assert.Equal(_pem.Leaf.Thumbprint, config.Tls.Own!.Certificate.Thumbprint);
        Assert.Equal((3.0, 0.5), (config.Health.Interval.TotalSeconds, config.Health.Timeout.TotalSeconds));
        Assert.Equal((2001.0, 30001.0, 1001.0, 10001.0), (config.Service.Timeouts.Connect.TotalMilliseconds, config.Service.Timeouts.Idle.TotalMilliseconds,
            config.Service.Timeouts.Process.TotalMilliseconds, config.Service.Timeouts.Drain.TotalMilliseconds));
        Assert.True(config.Service.Debug && config.Service.Listeners[0].Tproxy);
        Assert.Equal((LogFormat.Json, 10, 5, 5u), (config.Service.Log.Format, config.Service.Limits.Flows, config.Service.Limits.FlowsPerSource, config.Service.Output.FwMark));
        Assert.Equal(9513, config.Service.Metrics.Endpoint.Port);
    }

    [Fact]
    public void Files_of_tls_are_errors_only_when_it_is_enabled()
    {
        Assert.Empty(Problems(Base + "tls: {enabled: false, ca: nothing.crt}"));
        Assert.Equal([$"c.yml:3:26: error: tls.ca: the file '{_pem.Folder}/nothing.crt' does not exist"], Problems(Base + "tls: {enabled: true, ca: nothing.crt}"));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error() =>
        Assert.Equal("/nonexistent/r.yml:1:1: error: config: the file '/nonexistent/r.yml' does not exist",
            Assert.Single(RedirectorConfigReader.Read("/nonexistent/r.yml").Problems).ToString());

    private RedirectorConfig Valid(string text)
    {
        Assert.Empty(Problems(text));
        return RedirectorConfigReader.Read(Path.Combine(_pem.Folder, "c.yml")).Config!;
    }

    private IReadOnlyList<string> Problems(string text)
    {
        _pem.Write("c.yml", text);
        return [.. RedirectorConfigReader.Read(Path.Combine(_pem.Folder, "c.yml")).Problems.Select(p => p.ToString().Replace(_pem.Folder + "/c.yml:", "c.yml:", StringComparison.Ordinal))];
    }
}
