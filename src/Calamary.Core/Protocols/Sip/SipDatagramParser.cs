namespace Calamary.Core.Protocols.Sip;

/// <summary>Identifies SIP over UDP by a datagram with a request or a response (RFC 3261 §18).</summary>
public sealed class SipDatagramParser : IDatagramParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => SipProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        if (SipMessage.Read(datagrams[0].Span, out _) != ParseStatus.Done) return ParseResult.NoMatch;
        facts.Protocol = SipProtocol.Id;
        return ParseResult.Done(1);
    }
}
