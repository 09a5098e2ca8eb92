namespace Calamary.Core.Protocols.Ftp;

/// <summary>Identifies FTP by a server's greeting (RFC 959 §5.4): it names the protocol or a well-known server, or comes from FTP's port.</summary>
public sealed class FtpGreetingParser : IProtocolParser
{
    private const int Port = 21;

    /// <inheritdoc/>
    public ProtocolId Protocol => FtpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var kind = Replies.Read(input, out var code, out var length);
        if (kind == GreetingKind.Partial) return ParseResult.NeedMore(input.Length + 1);
        // Ready; ready in some minutes; not available (RFC 959 §5.4); too many users, which some servers say.
        if (code is not (120 or 220 or 421 or 530) || !(kind == GreetingKind.Ftp || (kind == GreetingKind.Unnamed && facts.Destination.Port == Port))) return ParseResult.NoMatch;
        facts.Protocol = FtpProtocol.Id;
        return ParseResult.Done(length);
    }
}
