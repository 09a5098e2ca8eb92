namespace Calamary.Core.Observability;

/// <summary>Takes the fields of a log event one by one.</summary>
internal interface ILogFieldVisitor
{
    void Text(string name, string value);

    void Number(string name, long value);

    void Address(string name, Address value);
}

/// <summary>The field names of log events: of JSON lines, and of what other log providers see.</summary>
internal static class LogFields
{
    /// <summary>Shows the fields that the event has; what is not known is left out.</summary>
    public static void Visit<TVisitor>(in LogEvent log, ref TVisitor visitor) where TVisitor : struct, ILogFieldVisitor
    {
        if (log.HasFlow)
        {
            VisitFlow(log.Facts, ref visitor);
        }
        switch (log.Id)
        {
            case LogEventId.AcceptedSocket:
                visitor.Address("listenAddress", log.Listener.Address);
                visitor.Number("listenPort", log.Listener.Port);
                break;
            case LogEventId.ForwardedBy:
                visitor.Address("sender", log.Sender.Address);
                visitor.Number("senderPort", log.Sender.Port);
                break;
            case LogEventId.Applied:
                visitor.Number("rule", log.Rule);
                Text(ref visitor, "action", log.Text);
                break;
            case LogEventId.Compared:
                visitor.Number("rule", log.Rule);
                break;
            case LogEventId.Accepted or LogEventId.Denied or LogEventId.Redirected:
                VisitVerdict(log.Verdict, ref visitor);
                break;
            case LogEventId.Failed:
                visitor.Text("reason", log.Reason.ToLabel());
                Text(ref visitor, "detail", log.Text);
                break;
            case LogEventId.BytesSent:
                visitor.Number("bytesSent", log.Sent);
                break;
            case LogEventId.BytesReceived:
                visitor.Number("bytesReceived", log.Received);
                break;
            case LogEventId.Ended:
                visitor.Text("reason", log.Reason.ToLabel());
                visitor.Number("bytesSent", log.Sent);
                visitor.Number("bytesReceived", log.Received);
                visitor.Number("durationMs", (long)log.Duration.TotalMilliseconds);
                break;
        }
    }

    private static void VisitFlow<TVisitor>(in FlowFacts facts, ref TVisitor visitor) where TVisitor : struct, ILogFieldVisitor
    {
        visitor.Address("source", facts.Source.Address);
        visitor.Number("sport", facts.Source.Port);
        var destinationKnown = facts.Has(FactStages.Destination);
        if (destinationKnown) visitor.Address("destination", facts.Destination.Address);
        if (destinationKnown || facts.Name is not null) visitor.Number("dport", facts.Destination.Port);
        Text(ref visitor, "host", facts.RequestedHost);
        visitor.Text("transport", facts.Transport == TransportProtocol.Udp ? "udp" : "tcp");
        Text(ref visitor, "listener", facts.ListenerMode);
        if (facts.ListenerPort != 0) visitor.Number("listenerPort", facts.ListenerPort);
        Text(ref visitor, "user", facts.User);
        Text(ref visitor, "protocol", facts.Protocol?.Name);
        Text(ref visitor, "question", facts.Dns?.Name);
        if (facts.Request is { } request)
        {
            visitor.Text("method", request.Method);
            Text(ref visitor, "requestHost", request.Host);
            visitor.Text("path", request.Path);
        }
        Text(ref visitor, "cert", facts.Certificate?.Description);
        if (facts.Tls is not { } hello) return;
        visitor.Text("tlsVersion", hello.Version.ToName());
        Text(ref visitor, "sni", hello.ServerName);
    }

    private static void VisitVerdict<TVisitor>(in Verdict verdict, ref TVisitor visitor) where TVisitor : struct, ILogFieldVisitor
    {
        visitor.Text("action", verdict.Action.ToLabel());
        visitor.Text("basis", verdict.Basis switch
        {
            VerdictBasis.Rule => "rule",
            VerdictBasis.DenyAlways => "denyAlways",
            VerdictBasis.Loop => "loop",
            _ => "default",
        });
        if (verdict.Rule >= 0) visitor.Number("rule", verdict.Rule);
        Text(ref visitor, "ruleName", verdict.RuleName);
    }

    private static void Text<TVisitor>(ref TVisitor visitor, string name, string? value) where TVisitor : struct, ILogFieldVisitor
    {
        if (value is not null) visitor.Text(name, value);
    }
}
