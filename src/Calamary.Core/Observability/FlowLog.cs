using Calamary.Core.Rules;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>The log of the proxy: what it says, in which area and how loud. One instance for the process; any thread.</summary>
internal sealed class FlowLog(ILoggerFactory factory)
{
    private readonly ILogger _service = factory.CreateLogger(LogAreas.Service);
    private readonly ILogger _parse = factory.CreateLogger(LogAreas.Parse);
    private readonly ILogger _filter = factory.CreateLogger(LogAreas.Filter);
    private readonly ILogger _forward = factory.CreateLogger(LogAreas.Forward);
    private readonly ILogger _send = factory.CreateLogger(LogAreas.Send);

    /// <summary>Something of the service that is worth knowing.</summary>
    public void Info(string text) => Service(LogLevel.Information, text, null);

    /// <summary>Something of the service that the operator should look at.</summary>
    public void Warn(string text) => Service(LogLevel.Warning, text, null);

    /// <summary>Something of the service that does not work.</summary>
    public void Error(string text) => Service(LogLevel.Error, text, null);

    /// <summary>A listener has accepted a connection or association.</summary>
    public void AcceptedSocket(Endpoint listener, TransportProtocol transport)
    {
        if (!_service.IsEnabled(LogLevel.Debug)) return;
        var facts = new FlowFacts { Transport = transport };
        Write(_service, LogLevel.Debug, new LogEvent { Id = LogEventId.AcceptedSocket, Facts = facts, Listener = listener }, null);
    }

    /// <summary>The first bytes are about to be read.</summary>
    public void Parsing(in FlowFacts facts) => Step(_parse, LogEventId.Parsing, facts);

    /// <summary>The destination is known.</summary>
    public void Processing(in FlowFacts facts) => Step(_parse, LogEventId.Processing, facts);

    /// <summary>What the ClientHello says, or that there is none.</summary>
    public void TlsInformation(in FlowFacts facts) => Step(_parse, LogEventId.TlsInformation, facts);

    /// <summary>What the flow was identified as.</summary>
    public void Identified(in FlowFacts facts) => Step(_parse, LogEventId.Identified, facts);

    /// <summary>A ClientHello whose server name the rules do not see (several names, or no host name).</summary>
    public void OddServerName(in FlowFacts facts) =>
        Flow(_parse, LogLevel.Information, new LogEvent { Id = LogEventId.OddServerName, Facts = facts });

    /// <summary>A PROXY header told the flow's addresses.</summary>
    /// <param name="facts">The flow, with the addresses of the header.</param>
    /// <param name="sender">Who sent it.</param>
    public void ForwardedBy(in FlowFacts facts, Endpoint sender)
    {
        if (_parse.IsEnabled(LogLevel.Debug))
            Flow(_parse, LogLevel.Debug, new LogEvent { Id = LogEventId.ForwardedBy, Facts = facts, Sender = sender });
    }

    /// <summary>Peeking ended, by time or size, while a parser still wanted more: the flow is <c>unknown</c> for the rules.</summary>
    public void Unfinished(in FlowFacts facts, int bytes) =>
        Flow(_parse, LogLevel.Information, new LogEvent { Id = LogEventId.Unfinished, Facts = facts, Sent = bytes });

    /// <summary>What was found of the server's certificate, at one of its addresses.</summary>
    public void Certificate(in FlowFacts facts) => Step(_parse, LogEventId.Certificate, facts);

    /// <summary>Hears the comparisons of one evaluation of the rules; null unless debug events are logged.</summary>
    public IRuleTrace? Trace(in FlowFacts facts) => _filter.IsEnabled(LogLevel.Debug) ? new RuleTraceLog(this, facts) : null;

    /// <summary>A criterion of a rule was compared: <c>DPort: [443 80] vs 80</c>.</summary>
    public void Compared(in FlowFacts facts, int rule, string criterion, string values, string actual)
    {
        if (!_filter.IsEnabled(LogLevel.Debug)) return;
        var text = $"{criterion}: {Shorten(values)} vs {Shorten(actual)}";
        Flow(_filter, LogLevel.Debug, new LogEvent { Id = LogEventId.Compared, Facts = facts, Rule = rule, Text = text });
    }

    /// <summary>A rule decided.</summary>
    public void Applied(in FlowFacts facts, int rule, RuleAction action)
    {
        if (!_filter.IsEnabled(LogLevel.Debug)) return;
        Flow(_filter, LogLevel.Debug, new LogEvent { Id = LogEventId.Applied, Facts = facts, Rule = rule, Text = action.ToLabel() });
    }

    /// <summary>The flow is forwarded.</summary>
    public void Accepted(in FlowFacts facts, in Verdict verdict) => Decided(LogEventId.Accepted, facts, verdict);

    /// <summary>The flow is denied; the line names the rule or what else decided.</summary>
    public void Denied(in FlowFacts facts, in Verdict verdict) => Decided(LogEventId.Denied, facts, verdict);

    /// <summary>The flow's plain HTTP is answered with a redirect.</summary>
    public void Redirected(in FlowFacts facts, in Verdict verdict) => Decided(LogEventId.Redirected, facts, verdict);

    /// <summary>A flow that a rule wants to be intercepted is not.</summary>
    /// <param name="facts">The flow.</param>
    /// <param name="why">Why.</param>
    public void NotDecrypted(in FlowFacts facts, string why) =>
        Flow(_forward, LogLevel.Information, new LogEvent { Id = LogEventId.NotDecrypted, Facts = facts, Text = why });

    /// <summary>TLS is agreed on with both sides of an intercepted flow.</summary>
    public void Intercepted(in FlowFacts facts) => Step(_send, LogEventId.Intercepted, facts);

    /// <summary>The flow ended other than by a verdict or completion.</summary>
    /// <param name="facts">The flow.</param>
    /// <param name="reason">Why; its text and level are in <see cref="EndReasonTexts"/>.</param>
    /// <param name="detail">More of it, from any source; null for none.</param>
    public void Failed(in FlowFacts facts, EndReason reason, string? detail = null) => Failed(facts, reason, detail, null);

    /// <summary>A bug ended the flow.</summary>
    public void Bug(in FlowFacts facts, Exception bug) => Failed(facts, EndReason.InternalError, null, bug);

    /// <summary>A bug outside of any flow.</summary>
    /// <param name="where">The part of the proxy.</param>
    /// <param name="bug">The bug.</param>
    public void Bug(string where, Exception bug) => Service(LogLevel.Error, $"Internal error in {where}", bug);

    /// <summary>The connection to the server stands.</summary>
    public void ConnectionEstablished(in FlowFacts facts) => Step(_send, LogEventId.ConnectionEstablished, facts);

    /// <summary>The relay begins.</summary>
    public void Forwarding(in FlowFacts facts) => Step(_send, LogEventId.Forwarding, facts);

    /// <summary>Bytes went from client to server.</summary>
    public void BytesSent(in FlowFacts facts, long count)
    {
        if (_send.IsEnabled(LogLevel.Debug))
            Flow(_send, LogLevel.Debug, new LogEvent { Id = LogEventId.BytesSent, Facts = facts, Sent = count });
    }

    /// <summary>Bytes went from server to client.</summary>
    public void BytesReceived(in FlowFacts facts, long count)
    {
        if (_send.IsEnabled(LogLevel.Debug))
            Flow(_send, LogLevel.Debug, new LogEvent { Id = LogEventId.BytesReceived, Facts = facts, Received = count });
    }

    /// <summary>Both sides are closed.</summary>
    public void Closed(in FlowFacts facts) => Step(_send, LogEventId.Closed, facts);

    /// <summary>The flow has ended: why, how much went to the server and to the client, and how long it took.</summary>
    public void Ended(in FlowFacts facts, EndReason reason, long sent, long received, TimeSpan duration)
    {
        if (!_send.IsEnabled(LogLevel.Debug)) return;
        var log = new LogEvent
        {
            Id = LogEventId.Ended,
            Facts = facts,
            Reason = reason,
            Sent = sent,
            Received = received,
            Duration = duration,
        };
        Flow(_send, LogLevel.Debug, log);
    }

    private void Service(LogLevel level, string text, Exception? exception)
    {
        if (_service.IsEnabled(level)) Write(_service, level, new LogEvent { Id = LogEventId.Text, Text = text }, exception);
    }

    private void Failed(in FlowFacts facts, EndReason reason, string? detail, Exception? bug)
    {
        var log = new LogEvent { Id = LogEventId.Failed, Facts = facts, Reason = reason, Text = detail };
        Flow(_forward, EndReasonTexts.Describe(reason).Level, log, bug);
    }

    private void Decided(LogEventId id, in FlowFacts facts, in Verdict verdict)
    {
        if (_forward.IsEnabled(LogLevel.Information))
            Write(_forward, LogLevel.Information, new LogEvent { Id = id, Facts = facts, Verdict = verdict }, null);
    }

    private static void Step(ILogger logger, LogEventId id, in FlowFacts facts)
    {
        if (logger.IsEnabled(LogLevel.Debug)) Write(logger, LogLevel.Debug, new LogEvent { Id = id, Facts = facts }, null);
    }

    private static void Flow(ILogger logger, LogLevel level, in LogEvent log, Exception? exception = null)
    {
        if (logger.IsEnabled(level)) Write(logger, level, log, exception);
    }

    private static void Write(ILogger logger, LogLevel level, in LogEvent log, Exception? exception) =>
        logger.Log(level, new EventId((int)log.Id), log, exception, static (state, _) => state.ToString());

    // Both sides of a comparison stay visible, however long one of them is.
    private static string Shorten(string text) =>
        text.Length <= LogMessage.NameLimit ? text : $"{text.AsSpan(0, LogMessage.NameLimit)}...";
}
