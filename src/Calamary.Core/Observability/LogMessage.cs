namespace Calamary.Core.Observability;

/// <summary>The texts of the log: the address column and the message column of an event.</summary>
internal static class LogMessage
{
    /// <summary>How much of a name, a detail, … from a peer or a file is shown, in characters.</summary>
    public const int NameLimit = 255;

    /// <summary>How much of a text of the service or a rule comparison is shown, in characters.</summary>
    public const int TextLimit = 1024;

    /// <summary><c>192.0.2.1 => 198.51.100.2:443</c>; <c>-</c> for an event without flow.</summary>
    public static void AppendAddresses(ref LineBuilder line, in LogEvent log)
    {
        if (!log.HasFlow)
        {
            line.Append("-"u8);
            return;
        }
        line.Append(log.Facts.Source.Address);
        line.Append(" => "u8);
        if (log.Facts.Has(FactStages.Destination))
        {
            line.Append(log.Facts.Destination);
        }
        else if ((log.Facts.Name ?? log.Facts.RequestedHost) is { } host)
        {
            line.AppendEscaped(host, NameLimit);
            line.Append(":"u8);
            line.Append(log.Facts.Destination.Port);
        }
        else
        {
            line.Append("?"u8);
        }
    }

    /// <summary>The message, on one line and without column separators.</summary>
    public static void Append(ref LineBuilder line, in LogEvent log)
    {
        switch (log.Id)
        {
            case LogEventId.AcceptedSocket:
                line.Append(log.Facts.Transport == TransportProtocol.Udp ? "Accept: udp://"u8 : "Accept: tcp://"u8);
                line.Append(log.Listener);
                break;
            case LogEventId.Parsing:
                line.Append(log.Facts.Transport == TransportProtocol.Udp ? "Parsing UDP connection"u8 : "Parsing TCP connection"u8);
                break;
            case LogEventId.Processing:
                line.Append(log.Facts.Transport == TransportProtocol.Udp ? "Processing UDP"u8 : "Processing TCP"u8);
                break;
            case LogEventId.TlsInformation:
                AppendTls(ref line, log.Facts.Tls);
                break;
            case LogEventId.Identified:
                line.Append("Packet L5Proto: "u8);
                line.AppendEscaped((log.Facts.Protocol ?? ProtocolId.Unknown).Label, NameLimit);
                line.Append(", TLS: "u8);
                line.AppendEscaped((log.Facts.Tls?.Version ?? TlsVersion.None).ToName(), NameLimit);
                break;
            case LogEventId.Unfinished:
                line.Append("Unidentified: timeout.process or limits.peekBytes reached in an unfinished first message of "u8);
                line.Append(log.Sent);
                line.Append(" bytes"u8);
                break;
            case LogEventId.ForwardedBy:
                line.Append("PROXY header from "u8);
                line.Append(log.Sender);
                break;
            case LogEventId.Certificate:
                line.Append("Certificate: "u8);
                line.AppendEscaped(log.Facts.Certificate?.Description, NameLimit);
                break;
            case LogEventId.OddServerName:
                line.Append(log.Facts.Tls?.ServerNameKind == ServerNameKind.Several
                    ? "TLS hello with several server names: none for the rules"u8
                    : "TLS hello with a server name that is no host name: none for the rules"u8);
                break;
            case LogEventId.Compared:
                line.Append("Rule "u8);
                line.Append(log.Rule);
                line.Append(" - "u8);
                line.AppendEscaped(log.Text, TextLimit);
                break;
            case LogEventId.Applied:
                line.Append("Rule "u8);
                line.Append(log.Rule);
                line.Append(" - Applying action '"u8);
                line.AppendEscaped(log.Text, NameLimit);
                line.Append("'"u8);
                break;
            case LogEventId.Accepted:
                line.Append(log.Verdict.Action switch { RuleAction.Intercept => "Intercept"u8, RuleAction.Limit => "Accept within limits"u8, _ => "Accept"u8 });
                AppendCertificate(ref line, log.Facts.Certificate);
                AppendRequest(ref line, log.Facts.Request);
                break;
            case LogEventId.NotDecrypted:
                line.Append("Not decrypted: "u8);
                line.AppendEscaped(log.Text, NameLimit);
                break;
            case LogEventId.Intercepted:
                line.Append("Intercepting"u8);
                break;
            case LogEventId.Denied:
                line.Append("Denied by "u8);
                AppendBasis(ref line, log.Verdict);
                if (log.Verdict.IsOverLimit) line.Append(", over its limit of flows"u8);
                AppendCertificate(ref line, log.Facts.Certificate);
                AppendRequest(ref line, log.Facts.Request);
                break;
            case LogEventId.Redirected:
                line.Append("Redirect by "u8);
                AppendBasis(ref line, log.Verdict);
                break;
            case LogEventId.Failed:
                line.AppendEscaped(EndReasonTexts.Describe(log.Reason).Text, NameLimit);
                if (log.Text is not { } detail) break;
                line.Append(": "u8);
                line.AppendEscaped(detail, NameLimit);
                break;
            case LogEventId.ConnectionEstablished:
                line.Append("Connection established"u8);
                break;
            case LogEventId.Forwarding:
                line.Append("Forwarding"u8);
                break;
            case LogEventId.BytesSent:
                line.Append(log.Sent);
                line.Append(" bytes sent"u8);
                break;
            case LogEventId.BytesReceived:
                line.Append(log.Received);
                line.Append(" bytes received"u8);
                break;
            case LogEventId.Closed:
                line.Append("Closed"u8);
                break;
            case LogEventId.Ended:
                AppendEnded(ref line, log);
                break;
            default:
                line.AppendEscaped(log.Text, TextLimit);
                break;
        }
    }

    // The version is the wire number in decimal, as in the manual.
    private static void AppendTls(ref LineBuilder line, TlsHello? hello)
    {
        line.Append(hello is null ? "TLS information: IsTls=false, TlsVersion="u8 : "TLS information: IsTls=true, TlsVersion="u8);
        line.Append((long)(hello?.Version ?? TlsVersion.None));
        line.Append(", TlsSni="u8);
        line.AppendEscaped(hello?.ServerName, NameLimit);
    }

    private static void AppendCertificate(ref LineBuilder line, CertificateCheck? check)
    {
        if (check is null) return;
        line.Append(", cert: "u8);
        line.AppendEscaped(check.Description, NameLimit);
    }

    private static void AppendRequest(ref LineBuilder line, HttpRequestFacts? request)
    {
        if (request is null) return;
        line.Append(", request: "u8);
        line.AppendEscaped(request.Method, NameLimit);
        line.Append(" "u8);
        line.AppendEscaped(request.Host, NameLimit);
        line.AppendEscaped(request.Path, NameLimit);
    }

    private static void AppendBasis(ref LineBuilder line, in Verdict verdict)
    {
        switch (verdict.Basis)
        {
            case VerdictBasis.DenyAlways:
                line.Append("denyAlways"u8);
                break;
            case VerdictBasis.Loop:
                line.Append("loop detection"u8);
                break;
            case VerdictBasis.Default:
                line.Append("default"u8);
                break;
            default:
                line.Append("rule "u8);
                line.Append(verdict.Rule);
                if (verdict.RuleName is not { } name) break;
                line.Append(" ("u8);
                line.AppendEscaped(name, NameLimit);
                line.Append(")"u8);
                break;
        }
    }

    private static void AppendEnded(ref LineBuilder line, in LogEvent log)
    {
        line.Append("Ended: "u8);
        line.AppendEscaped(log.Reason.ToLabel(), NameLimit);
        line.Append(", "u8);
        line.Append(log.Sent);
        line.Append(" bytes sent, "u8);
        line.Append(log.Received);
        line.Append(" bytes received, "u8);
        line.Append((long)log.Duration.TotalMilliseconds);
        line.Append(" ms"u8);
    }
}
