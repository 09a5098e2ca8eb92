using System.Text.Json;

namespace Calamary.Core.Tests.Observability;

public class JsonLineTests
{
    [Fact]
    public void A_verdict_has_its_facts_as_fields()
    {
        using var capture = new LogCapture(json: true);
        var facts = LogCapture.Flow("2001:db8::1");
        facts.Protocol = new ProtocolId("tls", "TLS", true);
        facts.Tls = new TlsHello { ServerNameKind = ServerNameKind.One, ServerName = "example.com", Version = TlsVersion.Tls13 };
        capture.Log.Denied(facts, new Verdict(RuleAction.Deny, VerdictBasis.Rule, 3, "ads"));
        Assert.Equal("""
            {"time":"2023-10-02T00:10:30+02:00","level":"INFO","area":"forward","message":"Denied by rule 3 (ads)",
            "source":"2001:db8::1","sport":40000,"destination":"135.181.170.219","dport":443,"transport":"tcp",
            "listener":"transparent","listenerPort":4128,"protocol":"tls","tlsVersion":"1.3","sni":"example.com",
            "action":"deny","basis":"rule","rule":3,"ruleName":"ads"}
            """.ReplaceLineEndings(""), capture.Line());
    }

    [Fact]
    public void An_end_has_its_numbers()
    {
        using var capture = new LogCapture(json: true);
        capture.Log.Ended(LogCapture.Flow(), EndReason.UpstreamReset, 1, 2, TimeSpan.FromSeconds(3));
        using var line = JsonDocument.Parse(capture.Line());
        Assert.Equal("upstream_reset", line.RootElement.GetProperty("reason").GetString());
        Assert.Equal(1, line.RootElement.GetProperty("bytesSent").GetInt64());
        Assert.Equal(2, line.RootElement.GetProperty("bytesReceived").GetInt64());
        Assert.Equal(3000, line.RootElement.GetProperty("durationMs").GetInt64());
    }

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        using var capture = new LogCapture(json: true);
        var facts = LogCapture.Flow();
        facts.Known = FactStages.None;
        capture.Log.Parsing(facts);
        using var line = JsonDocument.Parse(capture.Line());
        Assert.False(line.RootElement.TryGetProperty("destination", out _));
        Assert.False(line.RootElement.TryGetProperty("dport", out _));
        Assert.False(line.RootElement.TryGetProperty("protocol", out _));
    }
}
