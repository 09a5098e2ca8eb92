namespace Calamary.Core.Protocols.Ntp;

/// <summary>Identifies NTP by a request for the time. Control and private messages (modes 6 and 7: RFC 9327, <c>monlist</c>) are not taken
/// for it: who lets clients set their clocks does not mean to let them ask servers for their state.</summary>
public sealed class NtpParser : IDatagramParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => NtpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        if (!NtpPacket.IsRequest(datagrams[0].Span)) return ParseResult.NoMatch;
        facts.Protocol = NtpProtocol.Id;
        return ParseResult.Done(1);
    }

    /// <summary>What is no request for the time must not pass by the verdict on one.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="facts">What is known of the flow.</param>
    public bool BeginsAnew(ReadOnlySpan<byte> datagram, in FlowFacts facts) => !NtpPacket.IsRequest(datagram);
}
