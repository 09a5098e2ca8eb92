using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Dns;

/// <summary>Identifies DNS over TCP by its first query, behind its length (RFC 7766 §8). The same reads each later query from its length on.</summary>
public sealed class DnsStreamParser : IProtocolParser
{
    private const int PrefixLength = 2;

    /// <inheritdoc/>
    public ProtocolId Protocol => DnsProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        // Each next byte of the header may be the one that shows that this is not DNS.
        if (input.Length < PrefixLength) return ParseResult.NeedMore(input.Length + 1);
        var length = BinaryPrimitives.ReadUInt16BigEndian(input);
        if (length < DnsQuery.MinLength || !DnsQuery.MayBegin(input[PrefixLength..])) return ParseResult.NoMatch;
        if (input.Length < PrefixLength + DnsHeader.Length) return ParseResult.NeedMore(input.Length + 1);
        if (input.Length < PrefixLength + length) return ParseResult.NeedMore(PrefixLength + length);

        var result = DnsQuery.Parse(input.Slice(PrefixLength, length), out var question);
        if (result.Status != ParseStatus.Done) return result;
        facts.Protocol = DnsProtocol.Id;
        facts.Dns = question;
        return ParseResult.Done(PrefixLength + length);
    }
}
