namespace Calamary.Core.Protocols.Pop3;

/// <summary>Identifies POP3 by a server's greeting (RFC 1939 §4). A bare <c>+OK</c>, which Redis says too, and a refusal count on POP3's port only.</summary>
public sealed class Pop3GreetingParser : IProtocolParser
{
    private const int Port = 110;

    // RFC 2449 §4.
    private const int MaxLine = 512;

    /// <inheritdoc/>
    public ProtocolId Protocol => Pop3Protocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var isPort = facts.Destination.Port == Port;
        if (!TextLine.MayBegin(input, isPort ? "+OK"u8 : "+OK "u8, out _) && !(isPort && TextLine.MayBegin(input, "-ERR"u8, out _))) return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        if (line.Length < (isPort ? 3 : 5)) return ParseResult.NoMatch;
        facts.Protocol = Pop3Protocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }
}
