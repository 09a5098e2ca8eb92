namespace Calamary.Core.Protocols.Pop3;

/// <summary>Identifies POP3 by a client that does not wait for the greeting: CAPA (RFC 2449 §5) or APOP with its digest (RFC 1939 §7).</summary>
public sealed class Pop3Parser : IProtocolParser
{
    private const int MaxLine = 255;
    private const int DigestLength = 32;

    /// <inheritdoc/>
    public ProtocolId Protocol => Pop3Protocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var mayBeCapa = TextLine.MayBegin(input, "CAPA\r\n"u8, out var isCapa);
        if (!mayBeCapa && !TextLine.MayBegin(input, "APOP "u8, out _)) return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        if (!(mayBeCapa && isCapa) && !EndsWithDigest(line)) return ParseResult.NoMatch;
        facts.Protocol = Pop3Protocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }

    private static bool EndsWithDigest(ReadOnlySpan<byte> line)
    {
        var blank = line.LastIndexOf((byte)' ');
        if (line.Length - blank - 1 != DigestLength || blank < 6) return false;
        foreach (var c in line[(blank + 1)..])
            if (!char.IsAsciiHexDigit((char)c)) return false;
        return true;
    }
}
