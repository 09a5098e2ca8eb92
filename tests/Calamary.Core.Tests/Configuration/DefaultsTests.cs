using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

public class DefaultsTests : ConfigTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("service:\nvars:\nrules:\n")]
    public void An_empty_configuration_denies_everything_and_says_so(string text)
    {
        var result = Read(text);

        Assert.All(result.Problems, p => Assert.Equal(ProblemSeverity.Warning, p.Severity));
        Assert.Equal(2, result.Problems.Count);
        var config = result.Config!;
        Assert.Empty(config.Rules);
        Assert.Empty(config.Listeners);
    }

    [Fact]
    public void The_defaults_are_those_of_the_manual()
    {
        var config = Read("").Config!;

        Assert.Equal(new TimeoutConfig
        {
            Connect = TimeSpan.FromSeconds(2),
            Process = TimeSpan.FromSeconds(1),
            Idle = TimeSpan.FromSeconds(30),
            Probe = TimeSpan.FromMilliseconds(500),
            DnsLookup = TimeSpan.FromMilliseconds(200),
            Drain = TimeSpan.FromSeconds(10),
        }, config.Timeouts);
        Assert.Equal(new OutputConfig { Retries = 1, FwMark = 0, Interface = null }, config.Output);
        Assert.Equal(new LimitsConfig { Flows = 0, FlowsPerSource = 0, PeekBytes = 65_536 }, config.Limits);
        Assert.Equal((4096, false, LogFormat.Text), (config.Dns.Cache, config.Debug, config.Log.Format));
        Assert.Equal("False 127.0.0.1:9512", $"{config.Metrics.Enabled} {config.Metrics.Endpoint}");
        Assert.Equal("1.1.1.1:53 8.8.8.8:53", string.Join(' ', config.DnsNameservers));
        Assert.Equal(10, config.DenyAlways.Count);
        Assert.All(Protocols, p => Assert.True(config.Parsing.IsEnabled(p)));
    }

    [Fact]
    public void A_port_left_out_is_that_of_the_mode()
    {
        var config = Read("listen: [{mode: transparent}, {mode: http}, {mode: socks5}, {mode: proxyproto, trusted: 10.0.0.1}]").Config!;

        Assert.Equal([4128, 4128, 4130, 4130, 4132, 4132, 4129, 4129], config.Listeners.SelectMany(l => l.Addresses).Select(a => (int)a.Endpoint.Port));
    }

    [Fact]
    public void An_address_left_out_is_a_default_and_an_empty_list_is_none()
    {
        var config = Read("listen: {mode: http, ip4: 127.0.0.1}").Config!;
        Assert.Equal([false, true], config.Listeners[0].Addresses.Select(a => a.IsDefault));

        config = Read("listen: {mode: http, ip6: []}").Config!;
        Assert.Equal("127.0.0.1:4130", Assert.Single(config.Listeners[0].Addresses).Endpoint.ToString());
    }

    [Fact]
    public void Empty_lists_are_lists()
    {
        var config = Read("dnsNameservers: []\ndenyAlways: []").Config!;

        Assert.Empty(config.DnsNameservers);
        Assert.Empty(config.DenyAlways);
    }

    [Fact]
    public void The_stated_file_comes_first_then_the_local_then_the_system_one()
    {
        var existing = Path.Combine(AppContext.BaseDirectory, "TestData", "config", "full.yml");

        Assert.Equal("/x/stated.yml", ConfigLocator.Locate("/x/stated.yml", [existing]).Name);
        Assert.Equal(existing, ConfigLocator.Locate(null, ["/nonexistent/a.yml", existing]).Path);
        Assert.Null(ConfigLocator.Locate(null, ["/nonexistent/a.yml"]).Path);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error()
    {
        var result = ConfigReader.Read(new ConfigSource("/nonexistent/a.yml"), Protocols);

        Assert.Null(result.Config);
        Assert.Equal("/nonexistent/a.yml:1:1: error: config: the file '/nonexistent/a.yml' does not exist", Assert.Single(result.Problems).ToString());
    }

    [Fact]
    public void Keys_and_words_ignore_case() =>
        Assert.Equal(ListenerMode.Http, Valid("LISTEN: {Mode: Http, PORT: 1}\nRules: [{Match: {PROTOL5: TLS}, Action: ALLOW}]").Listeners[0].Mode);
}
