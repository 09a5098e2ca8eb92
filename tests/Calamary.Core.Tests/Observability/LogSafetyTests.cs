using System.Text.Json;
using Calamary.Core.Observability;
using CsCheck;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Tests.Observability;

public class LogSafetyTests
{
    private const string Evil = "a\n2023-10-02 00:10:30 | INFO | forward | x | Accept\r\u001b[2K\u007f\\é中\0\ud800";

    [Fact]
    public void A_peer_cannot_forge_a_line_or_a_column()
    {
        using var capture = new LogCapture();
        WriteAll(capture.Log, Evil);
        Assert.All(capture.Lines(), line => Assert.Equal(5, line.Split(" | ").Length));
    }

    [Fact]
    public void Escapes_are_readable()
    {
        using var capture = new LogCapture();
        capture.Log.Warn("a\n|\\é中\u007f~");
        Assert.EndsWith(@" | a\x0a\x7c\x5c\xe9\u4e2d\x7f~", capture.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_cut()
    {
        using var capture = new LogCapture();
        capture.Log.Denied(LogCapture.Flow(), new Verdict(RuleAction.Deny, VerdictBasis.Rule, 0, new string('x', 10_000)));
        Assert.EndsWith($" | Denied by rule 0 ({new string('x', 255)}...)", capture.Line(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_text_stays_one_line(bool json) => Gen.String.Sample(text =>
    {
        using var capture = new LogCapture(json: json);
        WriteAll(capture.Log, text);
        var lines = capture.Lines();
        Assert.Equal(7, lines.Length);
        foreach (var line in lines)
        {
            Assert.DoesNotContain(line, c => c is < ' ' or > '~');
            if (json) JsonDocument.Parse(line).Dispose();
            else Assert.Equal(5, line.Split(" | ").Length);
        }
    }, iter: 200, threads: 1);

    [Fact]
    public void Json_keeps_the_text_as_it_came()
    {
        using var capture = new LogCapture(json: true);
        var facts = LogCapture.Flow();
        facts.RequestedHost = "a\n|é\"中";
        capture.Log.Denied(facts, Verdict.DeniedByDefault);
        using var line = JsonDocument.Parse(capture.Line());
        Assert.Equal("a\n|é\"中", line.RootElement.GetProperty("host").GetString());
    }

    [Fact]
    public void Huge_texts_are_cut()
    {
        foreach (var json in new[] { false, true })
        {
            using var capture = new LogCapture(json: json);
            capture.Log.Bug(new string('\n', 100_000), new InvalidOperationException(new string('\u4e2d', 100_000)));
            Assert.InRange(capture.Line().Length, 1, 64 * 1024);
        }
    }

    [Fact]
    public void Logs_of_libraries_have_five_columns_too()
    {
        using var capture = new LogCapture();
        var logger = capture.Logger("Microsoft.Hosting.Lifetime");
        logger.Log(LogLevel.Critical, default, "Now a | b\nend", null, (state, _) => state);
        logger.Log(LogLevel.Debug, default, "not shown", null, (state, _) => state);
        Assert.Equal(@"2023-10-02 00:10:30 | ERROR | lifetime | - | Now a \x7c b\x0aend", capture.Line());
    }

    private static void WriteAll(FlowLog log, string text)
    {
        var facts = LogCapture.Flow();
        facts.Known = FactStages.None;
        facts.RequestedHost = text;
        facts.Protocol = new ProtocolId(text, text);
        facts.Tls = new TlsHello { ServerNameKind = ServerNameKind.One, ServerName = text };
        log.Accepted(facts, new Verdict(RuleAction.Accept, VerdictBasis.Rule, 1, text));
        log.Denied(facts, new Verdict(RuleAction.Deny, VerdictBasis.Rule, 1, text));
        log.Failed(facts, EndReason.HandshakeMalformed, text);
        log.TlsInformation(facts);
        log.Identified(facts);
        log.Compared(facts, 1, "Domain", text, text);
        log.Bug(text, new InvalidOperationException(text));
    }
}
