namespace Calamary.Core.Protocols.Telnet;

/// <summary>Identifies Telnet by the option negotiation that either side may begin with (RFC 854, RFC 855): the same for clients and servers.</summary>
public sealed class TelnetParser : IProtocolParser
{
    private const byte Interpret = 255, Subnegotiation = 250, Will = 251, Dont = 254;
    private const int CommandLength = 3;

    /// <inheritdoc/>
    public ProtocolId Protocol => TelnetProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (input.Length > 0 && input[0] != Interpret) return ParseResult.NoMatch;
        if (input.Length > 1 && input[1] is not (>= Subnegotiation and <= Dont)) return ParseResult.NoMatch;
        if (input.Length < CommandLength) return ParseResult.NeedMore(CommandLength);
        if (!IsOption(input[2], input[1] >= Will)) return ParseResult.NoMatch;
        facts.Protocol = TelnetProtocol.Id;
        return ParseResult.Done(CommandLength);
    }

    // The registered options: 0 to 49 and 138 to 140, without 144, which would make it the head of an MPEG audio frame; 255 is the list of further ones (RFC 861).
    private static bool IsOption(byte option, bool isNegotiated) => option is <= 49 or (>= 138 and <= 140) || (isNegotiated && option == byte.MaxValue);
}
