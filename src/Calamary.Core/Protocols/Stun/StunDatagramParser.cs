namespace Calamary.Core.Protocols.Stun;

/// <summary>Identifies STUN by a request that fills a datagram (RFC 8489 §6.2.1).</summary>
public sealed class StunDatagramParser : IDatagramParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => StunProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        var datagram = datagrams[0].Span;
        if (datagram.Length < StunMessage.HeaderLength || !StunMessage.MayBegin(datagram)) return ParseResult.NoMatch;
        if (StunMessage.ReadLength(datagram) != datagram.Length)
            return StunMessage.HasCookie(datagram) ? ParseResult.Malformed(StunErrors.Length) : ParseResult.NoMatch;
        if (!StunMessage.HasCookie(datagram))
        {
            if (!ClassicStun.IsRequest(datagram)) return ParseResult.NoMatch;
        }
        else if (StunMessage.Check(datagram) is { } error)
        {
            return ParseResult.Malformed(error);
        }
        facts.Protocol = StunProtocol.Id;
        return ParseResult.Done(1);
    }
}
