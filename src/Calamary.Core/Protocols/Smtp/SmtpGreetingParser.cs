namespace Calamary.Core.Protocols.Smtp;

/// <summary>Identifies SMTP by a server's greeting (RFC 5321 §4.2): it names the protocol, or comes from a port that is mail's.</summary>
public sealed class SmtpGreetingParser : IProtocolParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => SmtpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var kind = Replies.Read(input, out var code, out var length);
        if (kind == GreetingKind.Partial) return ParseResult.NeedMore(input.Length + 1);
        var isMailPort = facts.Destination.Port is 25 or 26 or 587 or 2525;
        // Ready; closed for now; no service (RFC 5321 §4.2.2, RFC 7504).
        if (code is not (220 or 421 or 521 or 554) || !(kind == GreetingKind.Smtp || (kind == GreetingKind.Unnamed && isMailPort))) return ParseResult.NoMatch;
        facts.Protocol = SmtpProtocol.Id;
        return ParseResult.Done(length);
    }
}
