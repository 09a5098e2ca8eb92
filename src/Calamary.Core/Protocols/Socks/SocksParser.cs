namespace Calamary.Core.Protocols.Socks;

/// <summary>Identifies SOCKS towards a proxy somewhere else: the methods of version 5 (RFC 1928 §3), or a request of version 4 or 4a. The proxy's own socks5 listeners
/// do without it.</summary>
public sealed class SocksParser : IProtocolParser
{
    private const int MaxMethod = 9;
    private const int Version4Header = 8;

    /// <inheritdoc/>
    public ProtocolId Protocol => SocksProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (input.IsEmpty) return ParseResult.NeedMore(1);
        var (status, length) = input[0] switch { 5 => Version5(input), 4 => Version4(input), _ => (ParseStatus.NoMatch, 0) };
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(length);
        if (status != ParseStatus.Done) return ParseResult.NoMatch;
        facts.Protocol = SocksProtocol.Id;
        return ParseResult.Done(length);
    }

    // One to nine methods, all of them registered and none twice: the message is too short for less.
    private static (ParseStatus, int) Version5(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return (ParseStatus.NeedMoreData, 2);
        if (input[1] is 0 or > MaxMethod) return (ParseStatus.NoMatch, 0);
        var length = 2 + input[1];
        var methods = input[2..Math.Min(length, input.Length)];
        for (var i = 0; i < methods.Length; i++)
            if (methods[i] is > MaxMethod or 4 || methods[..i].Contains(methods[i])) return (ParseStatus.NoMatch, 0);
        return input.Length < length ? (ParseStatus.NeedMoreData, length) : (ParseStatus.Done, length);
    }

    // CONNECT or BIND, a port, an address (0.0.0.x: a name follows), a user's name, which may be empty.
    private static (ParseStatus, int) Version4(ReadOnlySpan<byte> input)
    {
        if (input.Length > 1 && input[1] is not (1 or 2)) return (ParseStatus.NoMatch, 0);
        if (input.Length <= Version4Header) return (ParseStatus.NeedMoreData, Version4Header + 1);
        if ((input[2] | input[3]) == 0 || input[4] >= 224) return (ParseStatus.NoMatch, 0);
        var isNamed = input[4] == 0;
        if (isNamed && ((input[5] | input[6]) != 0 || input[7] == 0)) return (ParseStatus.NoMatch, 0);
        var at = Version4Header;
        var status = Text(input, ref at);
        if (status == ParseStatus.Done && isNamed)
        {
            if (at < input.Length && input[at] == 0) return (ParseStatus.NoMatch, 0);
            status = Text(input, ref at);
        }
        return status == ParseStatus.NeedMoreData ? (status, input.Length + 1) : (status, at);
    }

    private static ParseStatus Text(ReadOnlySpan<byte> input, ref int at)
    {
        var text = input[at..];
        var end = text.IndexOf((byte)0);
        var part = end < 0 ? text : text[..end];
        if (part.Length > byte.MaxValue || !TextLine.IsText(part)) return ParseStatus.NoMatch;
        at += end + 1;
        return end < 0 ? ParseStatus.NeedMoreData : ParseStatus.Done;
    }
}
