using System.Text.RegularExpressions;
using Calamary.Core.Configuration;
using Calamary.Core.Protocols;
using Calamary.Core.Rules;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests;

/// <summary>The ready rule set of docs/ech.md does what the page says.</summary>
public partial class EchRulesTests
{
    private static readonly CalamaryConfig Config = Read();
    private static readonly RuleSet Rules = new(Config.Rules);

    [Fact]
    public void Keys_are_stripped() => Assert.True(Config.Dns.StripEch);

    [Theory]
    [InlineData("www.example.com", false, null)]
    [InlineData("www.example.com", true, null)] // GREASE
    [InlineData("cloudflare-ech.com", true, "ECH, by public name")]
    [InlineData("cloudflare-ech.com", false, "ECH, by public name")]
    [InlineData("mozilla.cloudflare-dns.com", true, "DNS over HTTPS, by name")]
    [InlineData("dns.google", false, "DNS over HTTPS, by name")]
    [InlineData("www.google", false, null)]
    public void Hellos_are_judged_by_their_name(string name, bool ech, string? rule)
    {
        foreach (var protocol in new[] { "tls", "quic" }) AssertDenied(rule, Hello(protocol, name, ech));
    }

    [Fact]
    public void Strict_clients_have_no_ech()
    {
        AssertDenied("ECH, strict", Hello("tls", "www.example.com", true, source: "10.1.2.3"));
        AssertDenied(null, Hello("tls", "www.example.com", false, source: "10.1.2.3"));
    }

    [Theory]
    [InlineData("1.1.1.1", 443, "DNS over HTTPS, by address")]
    [InlineData("2606:4700:4700::1111", 443, "DNS over HTTPS, by address")]
    [InlineData("8.8.8.8", 853, "DNS over TLS or QUIC")]
    [InlineData("198.51.100.7", 853, "DNS over TLS or QUIC")]
    public void Resolvers_are_denied_before_anything_is_said(string address, ushort port, string rule) =>
        AssertDenied(rule, Flow(address, port).BeforePayload());

    [Theory]
    [InlineData("www.example.com", null)]
    [InlineData("use-application-dns.net", "offers of encrypted DNS")]
    [InlineData("_dns.resolver.arpa", "offers of encrypted DNS")]
    [InlineData("dns.google", "DNS over HTTPS, by name")]
    [InlineData("mask.icloud.com", "DNS over HTTPS, by name")]
    public void Queries_are_judged(string name, string? rule)
    {
        var flow = Flow("8.8.8.8", 53);
        flow.Transport = TransportProtocol.Udp;
        flow.Protocol = Protocol("dns");
        flow.Dns = new() { Name = name, Type = 65 };
        AssertDenied(rule, flow);
    }

    private static void AssertDenied(string? rule, FlowFacts flow)
    {
        Assert.True(Rules.TryDecide(flow, out var verdict));
        Assert.Equal((rule is null, rule), (verdict.IsAccepted, verdict.RuleName));
    }

    private static FlowFacts Hello(string protocol, string name, bool ech, string source = "192.0.2.1")
    {
        var flow = Flow(source: source);
        flow.Protocol = Protocol(protocol);
        flow.Tls = new() { ServerNameKind = ServerNameKind.One, ServerName = name, Version = TlsVersion.Tls13, Ech = ech };
        return flow;
    }

    private static ProtocolId Protocol(string name) => ProtocolCatalog.Ids.First(id => id.Name == name);

    private static CalamaryConfig Read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Calamary.sln"))) root = root.Parent!;
        var page = File.ReadAllText(Path.Combine(root.FullName, "docs", "ech.md"));
        return ConfigReader.ReadText(Yaml().Match(page).Groups[1].Value, "ech.md", ProtocolCatalog.Ids).Config!;
    }

    [GeneratedRegex(@"^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
