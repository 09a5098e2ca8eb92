using Calamary.Core.Rules;
using static Calamary.Core.Tests.Rules.RuleBuilder;

namespace Calamary.Core.Tests.Rules;

/// <summary>Value × negation × known/unknown × action, for every criterion.</summary>
public class CriterionTableTests
{
    // key, a value that matches the flow, one that does not, the stage that makes it known; further spellings of the match below
    private static readonly (string Key, string Hit, string Miss, FactStages Needs)[] Table =
    [
        ("src", "192.0.2.0/24", "10.0.0.0/8", FactStages.None),
        ("dest", "198.51.100.7", "203.0.113.1", FactStages.Destination),
        ("port", "443", "80", FactStages.None),
        ("sport", "49152-65535", "1-1023", FactStages.None),
        ("protoL3", "ip4", "ip6", FactStages.Destination),
        ("protoL5", "tls", "http", FactStages.Payload),
        ("dns", "www.example.com", "example.com", FactStages.Payload),
        ("encrypted", "true", "false", FactStages.Payload),
        ("alpn", "h2", "h3", FactStages.Payload),
        ("tlsVersion", "1.3", "<1.3", FactStages.Payload),
        ("ech", "false", "true", FactStages.Payload),
        ("cert", "expired", "valid", FactStages.Certificate),
        ("cert", "invalid", "unreachable", FactStages.Certificate),
        ("user", "alice", "Alice", FactStages.None),
        ("host", "*.example.com", "example.com", FactStages.Payload),
        ("path", "/a/*.html", "/A/*", FactStages.Payload),
        ("method", "GET", "P*", FactStages.Payload),
        ("listener", "transparent", "socks5", FactStages.None),
    ];

    // "+" is the value that matches, "-" the one that does not
    private static readonly (string[] Values, Truth Known, Truth Unknown)[] Combinations =
    [
        (["+"], Truth.Yes, Truth.Unknown),
        (["-"], Truth.No, Truth.Unknown),
        (["!+"], Truth.No, Truth.Unknown),
        (["!-"], Truth.Yes, Truth.Unknown),
        (["+", "-"], Truth.Yes, Truth.Unknown),
        (["-", "!-"], Truth.No, Truth.No), // no fact can satisfy both
        (["+", "!+"], Truth.No, Truth.No),
        (["+", "!-"], Truth.Yes, Truth.Unknown),
        (["-", "!+"], Truth.No, Truth.Unknown),
        (["!-", "!+"], Truth.No, Truth.Unknown),
    ];

    public static TheoryData<string, string, Truth, Truth, RuleAction> Cases()
    {
        var cases = new TheoryData<string, string, Truth, Truth, RuleAction>();
        foreach (var (key, hit, miss, needs) in Table)
        {
            foreach (var (values, known, unknown) in Combinations)
            {
                var text = string.Join(' ', values.Select(v => v[..^1] + (v.EndsWith('+') ? hit : miss)));
                foreach (var action in Enum.GetValues<RuleAction>())
                {
                    cases.Add(key, text, known, needs == FactStages.None ? known : unknown, action);
                }
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outcome(string key, string values, Truth known, Truth unknown, RuleAction action)
    {
        var criterion = Criterion(key, values.Split(' '));
        var flow = InnerFlow();
        if (key is not ("host" or "path" or "method")) (flow.Interception, flow.Request) = (Interception.None, null);
        var early = flow.BeforePayload().BeforeDestination().BeforeCertificate();
        // Some pairs are complements (ip4 and ip6): then both or none settle it.
        var isComplement = key is "protoL3" or "encrypted" && values.Split(' ').Length == 2;
        if (isComplement && values.Split(' ').All(v => v.StartsWith('!'))) unknown = Truth.No;
        if (isComplement && !values.Contains('!', StringComparison.Ordinal)) unknown = Truth.Yes;

        Assert.Equal(known, criterion.Evaluate(flow));
        Assert.Equal(unknown, criterion.Evaluate(early));

        var rules = new RuleSet([new(action, "n", [criterion])]);
        if (action == RuleAction.Intercept && flow.Interception == Interception.Inside) (known, unknown) = (Truth.No, Truth.No);
        var expected = new Verdict(action, VerdictBasis.Rule, 0, "n");
        Assert.True(rules.TryDecide(flow, out var verdict));
        Assert.Equal(known == Truth.Yes ? expected : Verdict.DeniedByDefault, verdict);
        Assert.Equal(unknown != Truth.Unknown, rules.TryDecide(early, out verdict));
        Assert.Equal(unknown == Truth.Yes ? expected : Verdict.DeniedByDefault, verdict);
    }

    [Theory]
    [InlineData("dns", "example.com")]
    [InlineData("dns", ".com")]
    [InlineData("alpn", "h2")]
    [InlineData("tlsVersion", ">=1.0")]
    [InlineData("ech", "true")]
    [InlineData("ech", "false")]
    [InlineData("cert", "valid")]
    [InlineData("cert", "unreachable")]
    [InlineData("host", "*")]
    [InlineData("path", "*")]
    [InlineData("method", "*")]
    public void An_absent_fact_matches_only_negations(string key, string value)
    {
        foreach (var protocol in new[] { Http, ProtocolId.Unknown, null })
        {
            var flow = Flow();
            flow.Protocol = protocol;
            Assert.Equal(Truth.No, Criterion(key, value).Evaluate(flow));
            Assert.Equal(Truth.Yes, Criterion(key, "!" + value).Evaluate(flow));
            Assert.Equal(Truth.No, Criterion(key, value, "!" + value).Evaluate(flow));
        }
    }

    [Theory]
    [InlineData("user", "alice")]
    [InlineData("src", "192.0.2.1")]
    [InlineData("src", "192.0.2.0-192.0.2.9")]
    [InlineData("src", "192.0.2.77/24")] // host bits are masked off
    [InlineData("src", "::ffff:192.0.2.1")]
    [InlineData("src", "::ffff:192.0.2.0/120")]
    [InlineData("src", "0.0.0.0/0")]
    [InlineData("port", "0-65535")]
    [InlineData("port", "443 - 443")]
    [InlineData("protoL3", "IPv4")]
    [InlineData("protoL4", "TCP")]
    [InlineData("protoL5", "TLS")]
    [InlineData("dns", "WWW.Example.COM.")]
    [InlineData("dns", "*.example.com")]
    [InlineData("dns", ".example.com")]
    [InlineData("dns", ".www.example.com")]
    [InlineData("dns", "*.com")]
    [InlineData("encrypted", "YES")]
    [InlineData("alpn", "H2")]
    [InlineData("tlsVersion", "<=1.3")]
    [InlineData("tlsVersion", ">1.2")]
    [InlineData("tlsVersion", "> 1.2")]
    [InlineData("ech", "No")]
    [InlineData("listener", "Transparent:4128")]
    [InlineData("cert", "Expired")]
    [InlineData("cert", "selfSigned")]
    [InlineData("cert", "untrusted")]
    [InlineData("host", "WWW.Example.COM.")]
    [InlineData("host", "*")]
    [InlineData("host", "WWW.*.com")]
    [InlineData("host", "*.Example.com.")]
    [InlineData("path", "/a/b.html")]
    [InlineData("path", "/*")]
    [InlineData("path", "*.html")]
    [InlineData("path", "/a/b.html*")]
    [InlineData("path", "/*/*.*")]
    [InlineData("method", "get")]
    [InlineData("method", "G*")]
    public void Spellings_that_match(string key, string value)
    {
        var flow = InnerFlow();
        Assert.Equal(Truth.Yes, Criterion(key, value).Evaluate(flow));
        Assert.Equal(Truth.No, Criterion(key, "!" + value).Evaluate(flow));
    }

    [Theory]
    [InlineData("user", "ALICE")]
    [InlineData("src", "192.0.2.2")]
    [InlineData("protoL4", "udp")]
    [InlineData("src", "::/0")]
    [InlineData("dns", "*.www.example.com")]
    [InlineData("dns", "ww.example.com")]
    [InlineData("dns", ".xample.com")]
    [InlineData("dns", "com")]
    [InlineData("tlsVersion", ">1.3")]
    [InlineData("tlsVersion", "<1.2")]
    [InlineData("listener", "transparent:4129")]
    [InlineData("cert", "mismatch")]
    [InlineData("host", "*.www.example.com")]
    [InlineData("host", "*example")]
    [InlineData("path", "/a")]
    [InlineData("path", "/a/b")]
    [InlineData("path", "*/a/b.html/*")]
    [InlineData("path", "*.HTML")]
    [InlineData("method", "GETS")]
    [InlineData("method", "GET*T")]
    public void Spellings_that_do_not_match(string key, string value)
    {
        var flow = InnerFlow();
        Assert.Equal(Truth.No, Criterion(key, value).Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion(key, "!" + value).Evaluate(flow));
    }

    [Fact]
    public void Only_an_intercepted_flow_waits_for_a_request()
    {
        var flow = TlsFlow("www.example.com").BeforePayload();
        Assert.Equal(Truth.No, Criterion("path", "*").Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion("host", "!example.com").Evaluate(flow));
        flow.Interception = Interception.Skipped;
        Assert.Equal(Truth.No, Criterion("method", "GET").Evaluate(flow));
        flow.Interception = Interception.Inside;
        Assert.Equal(Truth.Unknown, Criterion("method", "GET").Evaluate(flow));
        flow.Known |= FactStages.Payload;
        Assert.Equal(Truth.No, Criterion("method", "GET").Evaluate(flow));
    }

    [Fact]
    public void A_request_may_have_no_host()
    {
        var flow = InnerFlow();
        flow.Request = flow.Request! with { Host = null };
        Assert.Equal(Truth.No, Criterion("host", "*").Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion("host", "!*").Evaluate(flow));
    }

    [Theory]
    [InlineData("b\u00fccher.example", "xn--bcher-kva.example")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("2001:DB8:0::1", "[2001:db8::1]")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    public void Hosts_are_normalised(string value, string host)
    {
        var flow = InnerFlow();
        flow.Request = flow.Request! with { Host = host };
        Assert.Equal(Truth.Yes, Criterion("host", value).Evaluate(flow));
    }

    [Theory]
    [InlineData(CertificateFaults.None, false, "valid")]
    [InlineData(CertificateFaults.None, true, "unreachable")]
    [InlineData(CertificateFaults.Expired, false, "invalid expired")]
    [InlineData(CertificateFaults.Untrusted, false, "invalid untrusted")]
    [InlineData(CertificateFaults.Mismatch, false, "invalid mismatch")]
    [InlineData(CertificateFaults.SelfSigned | CertificateFaults.Untrusted, false, "invalid untrusted selfsigned")]
    [InlineData(CertificateFaults.Expired | CertificateFaults.Mismatch, false, "invalid expired mismatch")]
    public void Certificates_have_these_words(CertificateFaults faults, bool isUnreachable, string words)
    {
        var flow = TlsFlow("www.example.com");
        flow.Certificate = new(faults, isUnreachable, "");
        foreach (var word in new[] { "valid", "invalid", "expired", "untrusted", "mismatch", "selfsigned", "unreachable" })
            Assert.Equal(words.Split(' ').Contains(word), Criterion("cert", word).Evaluate(flow) == Truth.Yes);
    }

    [Fact]
    public void A_certificate_is_waited_for_only_where_one_can_be_asked_for()
    {
        var criterion = Criterion("cert", "valid");
        var flow = TlsFlow("www.example.com").BeforeCertificate();
        Assert.Equal(Truth.Unknown, criterion.Evaluate(flow));
        Assert.Equal(Truth.Unknown, criterion.Evaluate(flow.BeforePayload()));
        flow.Transport = TransportProtocol.Udp;
        Assert.Equal(Truth.No, criterion.Evaluate(flow));
        Assert.Equal(Truth.No, criterion.Evaluate(flow.BeforePayload()));
        Assert.Equal(Truth.No, criterion.Evaluate(Flow().BeforeCertificate()));
    }

    [Theory]
    [InlineData(Truth.No, "selfsigned", "!untrusted")]
    [InlineData(Truth.No, "expired", "selfsigned", "mismatch", "!invalid")]
    [InlineData(Truth.Unknown, "untrusted", "!selfsigned")]
    [InlineData(Truth.Unknown, "valid", "invalid", "unreachable")] // the flow may turn out to have none
    [InlineData(Truth.Unknown, "!valid", "!invalid", "!unreachable")]
    [InlineData(Truth.No, "invalid", "!expired", "!untrusted", "!mismatch")]
    public void Only_words_that_exclude_each_other_settle_it_without_a_certificate(Truth expected, params string[] words) =>
        Assert.Equal(expected, Criterion("cert", words).Evaluate(TlsFlow("a.example").BeforeCertificate()));

    [Theory]
    [InlineData(Truth.No, "/a/*", "!/*")]
    [InlineData(Truth.No, "/a/*x*", "/b", "!/*")]
    [InlineData(Truth.Unknown, "/*", "!/a/*")]
    public void Paths_that_exclude_each_other_settle_it_without_a_request(Truth expected, params string[] paths) =>
        Assert.Equal(expected, Criterion("path", paths).Evaluate(InnerFlow().BeforePayload()));

    [Fact]
    public void Intercept_counts_once()
    {
        var rules = new RuleSet([Rule(RuleAction.Deny, ("path", ["/admin*"])), Rule(RuleAction.Intercept, ("protoL5", ["tls"])), Rule(RuleAction.Accept, ("host", ["*"]))]);
        Assert.True(rules.TryDecide(TlsFlow("www.example.com"), out var verdict));
        Assert.Equal(new Verdict(RuleAction.Intercept, VerdictBasis.Rule, 1, null), verdict);
        Assert.True(rules.TryDecide(InnerFlow(), out verdict));
        Assert.Equal(new Verdict(RuleAction.Accept, VerdictBasis.Rule, 2, null), verdict);
    }

    [Fact]
    public void A_flow_without_authentication_has_no_user()
    {
        var flow = Flow();
        flow.User = null;
        Assert.Equal(Truth.No, Criterion("user", "alice").Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion("user", "!alice").Evaluate(flow));
    }

    [Fact]
    public void Old_versions_are_below()
    {
        var flow = TlsFlow(null);
        flow.Tls = new() { Version = TlsVersion.Ssl30 };
        Assert.Equal(Truth.Yes, Criterion("tlsVersion", "<1.2").Evaluate(flow));
        Assert.Equal(Truth.No, Criterion("tlsVersion", "1.0").Evaluate(flow));
        flow.Tls = new() { Version = TlsVersion.None };
        Assert.Equal(Truth.No, Criterion("tlsVersion", "<1.2").Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion("tlsVersion", "!<1.2").Evaluate(flow));
    }

    [Fact]
    public void Any_address_needs_no_address()
    {
        var flow = Flow().BeforeDestination();
        Assert.Equal(Truth.Yes, Criterion("dest", "0.0.0.0/0", "::/0").Evaluate(flow));
        Assert.Equal(Truth.No, Criterion("dest", "!0.0.0.0/1", "!128.0.0.0/1", "!::/0").Evaluate(flow));
        Assert.Equal(Truth.Unknown, Criterion("dest", "0.0.0.0/0").Evaluate(flow));
        Assert.Equal(Truth.No, Criterion("dest", "10.1.0.0/16", "!10.0.0.0/8").Evaluate(flow));
    }

    [Fact]
    public void Unknown_is_not_encrypted()
    {
        var flow = Flow();
        flow.Protocol = ProtocolId.Unknown;
        Assert.Equal(Truth.Yes, Criterion("encrypted", "false").Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion("protoL5", "unknown").Evaluate(flow));
        Assert.Equal(Truth.No, Criterion("encrypted", "true").Evaluate(flow));
    }

    [Fact]
    public void A_requested_name_is_known_before_the_payload_and_gives_way_to_the_hello()
    {
        var flow = Flow().BeforePayload();
        flow.RequestedHost = "a.example";
        Assert.Equal(Truth.Yes, Criterion("dns", "a.example").Evaluate(flow));
        flow.Tls = new() { ServerNameKind = ServerNameKind.One, ServerName = "b.example" };
        Assert.Equal(Truth.No, Criterion("dns", "a.example").Evaluate(flow));
        flow.Tls = new() { ServerNameKind = ServerNameKind.Absent };
        Assert.Equal(Truth.Yes, Criterion("dns", "a.example").Evaluate(flow));
    }

    [Theory]
    [InlineData(ServerNameKind.Several)]
    [InlineData(ServerNameKind.Invalid)]
    public void A_hello_with_an_unusable_name_has_none(ServerNameKind kind)
    {
        var flow = Flow().BeforePayload();
        flow.RequestedHost = "a.example";
        flow.Tls = new() { ServerNameKind = kind };
        Assert.Equal(Truth.No, Criterion("dns", "a.example").Evaluate(flow));
        Assert.Equal(Truth.Yes, Criterion("dns", "!a.example").Evaluate(flow));
    }
}
