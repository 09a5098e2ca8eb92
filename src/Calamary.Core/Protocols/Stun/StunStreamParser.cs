namespace Calamary.Core.Protocols.Stun;

/// <summary>Identifies STUN over TCP by its first message (RFC 8489 §6.2.2), which needs no framing.</summary>
public sealed class StunStreamParser : IProtocolParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => StunProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        // Each next byte may be the one that shows that this is not STUN.
        if (!StunMessage.MayBegin(input)) return ParseResult.NoMatch;
        if (input.Length < StunMessage.CookieEnd) return ParseResult.NeedMore(input.Length + 1);
        if (!StunMessage.HasCookie(input)) return ParseResult.NoMatch;
        var length = StunMessage.ReadLength(input);
        if (input.Length < length) return ParseResult.NeedMore(length);
        if (StunMessage.Check(input[..length]) is { } error) return ParseResult.Malformed(error);
        facts.Protocol = StunProtocol.Id;
        return ParseResult.Done(length);
    }
}
