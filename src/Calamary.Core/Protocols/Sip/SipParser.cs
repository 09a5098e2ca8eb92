namespace Calamary.Core.Protocols.Sip;

/// <summary>Identifies SIP over TCP by its first request or status line (RFC 3261 §7).</summary>
public sealed class SipParser : IProtocolParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => SipProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var status = SipMessage.Read(input, out var length);
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        if (status != ParseStatus.Done) return ParseResult.NoMatch;
        facts.Protocol = SipProtocol.Id;
        return ParseResult.Done(length);
    }
}
