namespace Calamary.Core.Protocols.Irc;

/// <summary>Identifies IRC by what servers say while they look a client up: a NOTICE to AUTH or *.</summary>
public sealed class IrcGreetingParser : IProtocolParser
{
    private const int MaxLine = 512;

    /// <inheritdoc/>
    public ProtocolId Protocol => IrcProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (!input.IsEmpty && input[0] is not ((byte)':' or (byte)'N')) return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (line is [(byte)':', ..])
        {
            var blank = line.IndexOf((byte)' ');
            line = blank < 0 ? default : line[(blank + 1)..];
        }
        if (!TextLine.MayBegin(line, "NOTICE AUTH :"u8, out var isAuth) & !TextLine.MayBegin(line, "NOTICE * :"u8, out var isAll)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        if (!isAuth && !isAll) return ParseResult.NoMatch;
        facts.Protocol = IrcProtocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }
}
