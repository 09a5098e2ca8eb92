namespace Calamary.Core.Protocols.Dns;

/// <summary>Identifies DNS by a query that fills a datagram (RFC 1035 §4.2.1).</summary>
public sealed class DnsDatagramParser : IDatagramParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => DnsProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        var result = DnsQuery.Parse(datagrams[0].Span, out var question);
        if (result.Status != ParseStatus.Done) return result;
        facts.Protocol = DnsProtocol.Id;
        facts.Dns = question;
        return ParseResult.Done(1);
    }

    /// <summary>Always: each query asks for a name of its own, and what is no query must not pass by the verdict on one.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="facts">What is known of the flow.</param>
    public bool BeginsAnew(ReadOnlySpan<byte> datagram, in FlowFacts facts) => true;
}
