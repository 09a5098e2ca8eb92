namespace Calamary.Core.Protocols.Http;

/// <summary>Identifies HTTP/1.x by its request line (RFC 9112 §3) and HTTP/2 by its preface (RFC 9113 §3.4). It takes what
/// servers are allowed to take (empty lines in front, runs of blanks, LF alone: RFC 9112 §2.2, §3), so that none of it hides a
/// request from the rules; <see cref="HttpRequestHead"/> is the strict one.</summary>
public sealed class HttpRequestParser : IProtocolParser
{
    private const int MaxLineLength = 16384;
    private const int MaxEmptyLineBytes = 8;
    internal const int MaxMethodLength = 32;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <inheritdoc/>
    public ProtocolId Protocol => HttpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var result = input.StartsWith(Preface) ? ParseResult.Done(Preface.Length)
            : Preface.StartsWith(input) ? ParseResult.NeedMore(input.Length + 1)
            : ParseLine(input.Length > MaxLineLength ? input[..MaxLineLength] : input);
        if (result.Status == ParseStatus.Done) facts.Protocol = HttpProtocol.Id;
        return result;
    }

    private static ParseResult ParseLine(ReadOnlySpan<byte> input)
    {
        var empty = input.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        var at = empty < 0 ? input.Length : empty;
        if (at > MaxEmptyLineBytes) return ParseResult.NoMatch;

        var method = input[at..].IndexOfAnyExcept(HttpChars.Token);
        if (method < 0) return input.Length - at > MaxMethodLength ? ParseResult.NoMatch : More(input);
        if (method is 0 or > MaxMethodLength) return ParseResult.NoMatch;
        if (!SkipBlanks(input, ref at, method)) return ParseResult.NoMatch;

        var target = input[at..].IndexOfAny(HttpChars.TargetEnd);
        if (target < 0) return More(input);
        if (target == 0) return ParseResult.NoMatch;
        if (!SkipBlanks(input, ref at, target)) return ParseResult.NoMatch;
        return ParseVersion(input, at);
    }

    private static ParseResult ParseVersion(ReadOnlySpan<byte> input, int at)
    {
        var name = "HTTP/1."u8;
        var rest = input[at..];
        if (rest.Length <= name.Length) return name.StartsWith(rest) ? More(input) : ParseResult.NoMatch;
        if (!rest.StartsWith(name) || !char.IsAsciiDigit((char)rest[name.Length])) return ParseResult.NoMatch;

        at += name.Length + 1;
        var end = input[at..].IndexOfAnyExcept(" \t"u8);
        if (end < 0) return More(input);
        at += end;
        if (input[at] == '\r' && ++at == input.Length) return More(input);
        return input[at] == '\n' ? ParseResult.Done(at + 1) : ParseResult.NoMatch;
    }

    /// <summary>Moves over a word and the blanks behind it. False when no blank follows.</summary>
    private static bool SkipBlanks(ReadOnlySpan<byte> input, ref int at, int word)
    {
        at += word;
        if (input[at] is not ((byte)' ' or (byte)'\t')) return false;
        var blanks = input[at..].IndexOfAnyExcept(" \t"u8);
        at = blanks < 0 ? input.Length : at + blanks;
        return true;
    }

    // Each next byte may be the one that shows that this is not HTTP.
    private static ParseResult More(ReadOnlySpan<byte> input) => input.Length < MaxLineLength
        ? ParseResult.NeedMore(input.Length + 1)
        : ParseResult.Malformed(HttpErrors.RequestLineTooLong);
}
