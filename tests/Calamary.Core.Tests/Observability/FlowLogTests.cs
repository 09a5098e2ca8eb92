using System.Diagnostics;
using System.Reflection;
using Calamary.Core.Observability;
using Calamary.Core.Rules;

namespace Calamary.Core.Tests.Observability;

public class FlowLogTests
{
    private static readonly Verdict Accept = new(RuleAction.Accept, VerdictBasis.Rule, 3);

    [Fact]
    public void Accepted_is_the_line_of_the_manual()
    {
        using var capture = new LogCapture(debug: false);
        capture.Log.Accepted(LogCapture.Flow(), Accept);
        Assert.Equal("2023-10-02 00:10:30 | INFO | forward | 192.168.11.104 => 135.181.170.219:443 | Accept", capture.Line());
    }

    [Fact]
    public void A_certificate_that_was_looked_at_is_told_and_forges_no_line()
    {
        using var capture = new LogCapture(debug: false);
        var facts = LogCapture.Flow();
        facts.Certificate = new CertificateCheck(CertificateFaults.Expired, false, "expired 2026-01-02 CN=a\n|b");
        capture.Log.Denied(facts, Accept with { Action = RuleAction.Deny });
        var line = capture.Line();
        Assert.StartsWith(
            "2023-10-02 00:10:30 | INFO | forward | 192.168.11.104 => 135.181.170.219:443 | Denied by rule 3, cert: expired 2026-01-02 CN=a", line, StringComparison.Ordinal);
        Assert.Equal(5, line.Split('|').Length);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void IPv6_destinations_are_in_brackets_and_sources_have_no_port()
    {
        using var capture = new LogCapture(debug: false);
        capture.Log.Accepted(LogCapture.Flow("2001:db8::1", "2001:db8::2"), Accept);
        Assert.Equal("2023-10-02 00:10:30 | INFO | forward | 2001:db8::1 => [2001:db8::2]:443 | Accept", capture.Line());
    }

    [Fact]
    public void An_unresolved_host_stands_for_the_destination()
    {
        using var capture = new LogCapture(debug: false);
        var facts = LogCapture.Flow();
        facts.Known = FactStages.None;
        facts.RequestedHost = "example.com";
        capture.Log.Denied(facts, Verdict.DeniedByDefault);
        Assert.EndsWith(" | 192.168.11.104 => example.com:443 | Denied by default", capture.Line(), StringComparison.Ordinal);
    }

    public static TheoryData<VerdictBasis, int, string?, string> Denials => new()
    {
        { VerdictBasis.Rule, 3, "ads", "Denied by rule 3 (ads)" },
        { VerdictBasis.Rule, 0, null, "Denied by rule 0" },
        { VerdictBasis.Default, -1, null, "Denied by default" },
        { VerdictBasis.DenyAlways, -1, null, "Denied by denyAlways" },
        { VerdictBasis.Loop, -1, null, "Denied by loop detection" },
    };

    [Theory]
    [MemberData(nameof(Denials))]
    public void A_denial_says_what_decided(VerdictBasis basis, int rule, string? name, string message)
    {
        using var capture = new LogCapture(debug: false);
        capture.Log.Denied(LogCapture.Flow(), new Verdict(RuleAction.Deny, basis, rule, name));
        Assert.EndsWith(" | INFO | forward | 192.168.11.104 => 135.181.170.219:443 | " + message, capture.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_redirect_names_its_rule()
    {
        using var capture = new LogCapture(debug: false);
        capture.Log.Redirected(LogCapture.Flow(), new Verdict(RuleAction.Redirect, VerdictBasis.Rule, 1, "to https"));
        Assert.EndsWith(" | Redirect by rule 1 (to https)", capture.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_says_why()
    {
        using var capture = new LogCapture(debug: false);
        capture.Log.Failed(LogCapture.Flow(), EndReason.NotRedirected);
        capture.Log.Failed(LogCapture.Flow(), EndReason.DialRefused, "tried 2 addresses");
        capture.Log.Bug(LogCapture.Flow(), new InvalidOperationException("a\nb | c"));
        Assert.Collection(capture.Lines(),
            line => Assert.EndsWith(" | WARN | forward | 192.168.11.104 => 135.181.170.219:443 | "
                + "Refused: connection made straight to the listener, see docs/redirect.md", line, StringComparison.Ordinal),
            line => Assert.EndsWith(" | Failed: the server refused the connection: tried 2 addresses", line, StringComparison.Ordinal),
            line => Assert.EndsWith(@"internal error: System.InvalidOperationException: a\x0ab \x7c c", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Debug_tells_who_sent_a_PROXY_header()
    {
        using var capture = new LogCapture();
        capture.Log.ForwardedBy(LogCapture.Flow(), LogCapture.Endpoint("2001:db8::1", 50000));
        Assert.EndsWith(" | DEBUG | parse | 192.168.11.104 => 135.181.170.219:443 | PROXY header from [2001:db8::1]:50000", capture.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Debug_tells_every_step()
    {
        using var capture = new LogCapture();
        var log = capture.Log;
        var facts = LogCapture.Flow();
        facts.Known = FactStages.None;
        log.AcceptedSocket(LogCapture.Endpoint("127.0.0.1", 4128), TransportProtocol.Tcp);
        log.Parsing(facts);
        facts.Known = FactStages.All;
        facts.Protocol = new ProtocolId("tls", "TLS", true);
        facts.Tls = new TlsHello { ServerNameKind = ServerNameKind.One, ServerName = "superstes.eu", Version = TlsVersion.Tls12 };
        log.Processing(facts);
        log.TlsInformation(facts);
        log.Identified(facts);
        log.Compared(facts, 1, "!DPort", "[443 80]", "443");
        log.Applied(facts, 3, RuleAction.Accept);
        log.ConnectionEstablished(facts);
        log.Forwarding(facts);
        log.BytesSent(facts, 517);
        log.BytesReceived(facts, 4096);
        log.Closed(facts);
        log.Ended(facts, EndReason.Completed, 432, 4447, TimeSpan.FromMilliseconds(35.4));
        const string Prefix = "2023-10-02 00:10:30 | DEBUG | ";
        const string Addresses = "192.168.11.104 => 135.181.170.219:443";
        Assert.Equal(
        [
            $"{Prefix}service | - | Accept: tcp://127.0.0.1:4128",
            $"{Prefix}parse | 192.168.11.104 => ? | Parsing TCP connection",
            $"{Prefix}parse | {Addresses} | Processing TCP",
            $"{Prefix}parse | {Addresses} | TLS information: IsTls=true, TlsVersion=771, TlsSni=superstes.eu",
            $"{Prefix}parse | {Addresses} | Packet L5Proto: TLS, TLS: 1.2",
            $"{Prefix}filter | {Addresses} | Rule 1 - !DPort: [443 80] vs 443",
            $"{Prefix}filter | {Addresses} | Rule 3 - Applying action 'accept'",
            $"{Prefix}send | {Addresses} | Connection established",
            $"{Prefix}send | {Addresses} | Forwarding",
            $"{Prefix}send | {Addresses} | 517 bytes sent",
            $"{Prefix}send | {Addresses} | 4096 bytes received",
            $"{Prefix}send | {Addresses} | Closed",
            $"{Prefix}send | {Addresses} | Ended: completed, 432 bytes sent, 4447 bytes received, 35 ms",
        ], capture.Lines());
    }

    [Fact]
    public void Flows_without_tls_say_so()
    {
        using var capture = new LogCapture();
        capture.Log.TlsInformation(LogCapture.Flow());
        capture.Log.Identified(LogCapture.Flow());
        Assert.Collection(capture.Lines(),
            line => Assert.EndsWith(" | TLS information: IsTls=false, TlsVersion=0, TlsSni=", line, StringComparison.Ordinal),
            line => Assert.EndsWith(" | Packet L5Proto: unknown, TLS: none", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_trace_of_the_rules_goes_to_the_log()
    {
        using var capture = new LogCapture();
        var trace = capture.Log.Trace(LogCapture.Flow());
        Assert.NotNull(trace);
        trace.Compared(0, "DNet", "[10.0.0.0/8]", "135.181.170.219", Truth.No);
        trace.Compared(0, "Domain", new string('a', 5000), "end", Truth.No);
        trace.Applied(2, RuleAction.Deny);
        Assert.Collection(capture.Lines(),
            line => Assert.EndsWith(" | Rule 0 - DNet: [10.0.0.0/8] vs 135.181.170.219", line, StringComparison.Ordinal),
            line => Assert.EndsWith("a... vs end", line, StringComparison.Ordinal),
            line => Assert.EndsWith(" | Rule 2 - Applying action 'deny'", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_debug_there_are_no_steps()
    {
        using var capture = new LogCapture(debug: false);
        Assert.Null(capture.Log.Trace(LogCapture.Flow()));
        capture.Log.Parsing(LogCapture.Flow());
        capture.Log.BytesSent(LogCapture.Flow(), 1);
        capture.Log.Ended(LogCapture.Flow(), EndReason.Completed, 1, 1, default);
        capture.Log.Info("started");
        capture.Log.Warn("odd");
        capture.Log.Error("broken");
        Assert.Equal(
        [
            "2023-10-02 00:10:30 | INFO | service | - | started",
            "2023-10-02 00:10:30 | WARN | service | - | odd",
            "2023-10-02 00:10:30 | ERROR | service | - | broken",
        ], capture.Lines());
    }

    [Fact]
    public void An_accepted_flow_allocates_nothing()
    {
        using var capture = new LogCapture(debug: false);
        var facts = LogCapture.Flow();
        // Code that is not (yet) optimised boxes for a type test, which the optimiser resolves.
        if (typeof(FlowLog).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }) return;
        Assert.True(SpinWait.SpinUntil(() => AllocatedBy(() => capture.Log.Accepted(facts, Accept)) == 0, TimeSpan.FromMinutes(1)));
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
