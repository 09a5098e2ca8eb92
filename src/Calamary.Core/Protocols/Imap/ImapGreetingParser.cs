namespace Calamary.Core.Protocols.Imap;

/// <summary>Identifies IMAP by a server's greeting (RFC 9051 §7.1): an untagged OK, PREAUTH or BYE.</summary>
public sealed class ImapGreetingParser : IProtocolParser
{
    private const int MaxLine = 4000;

    /// <inheritdoc/>
    public ProtocolId Protocol => ImapProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (!TextLine.MayBegin(input, "* OK "u8, out _) && !TextLine.MayBegin(input, "* PREAUTH "u8, out _) && !TextLine.MayBegin(input, "* BYE "u8, out _))
            return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        facts.Protocol = ImapProtocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }
}
