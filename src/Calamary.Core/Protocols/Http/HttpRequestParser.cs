namespace Calamary.Core.Protocols.Http;

/// <summary>Identifies HTTP/1.x by its request line (RFC 9112 §3) and HTTP/2 by its preface (RFC 9113 §3.4). It takes what
/// servers are allowed to take (empty lines in front, runs of blanks, LF alone: RFC 9112 §2.2, §3), so that none of it hides a
/// request from the rules; <see cref="HttpRequestHead"/> is the strict one.</summary>
public sealed class HttpRequestParser : IProtocolParser
{
    private const int MaxLineLength = 16384;
    private const int MaxEmptyLineBytes = 4096;
    private const int MaxMinorDigits = 3;
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
        var isGet = input.Slice(at, method).SequenceEqual("GET"u8);
        if (!SkipBlanks(input, ref at, method)) return ParseResult.NoMatch;

        var target = input[at..].IndexOfAny(HttpChars.TargetEnd);
        if (target < 0) return More(input);
        if (target == 0) return ParseResult.NoMatch;
        // HTTP/0.9 (RFC 1945 §4.1, Simple-Request), which servers still answer.
        if (input[at + target] is (byte)'\r' or (byte)'\n')
            return isGet && input[at] == '/' ? EndOfLine(input, at + target) : ParseResult.NoMatch;
        if (!SkipBlanks(input, ref at, target)) return ParseResult.NoMatch;
        return ParseVersion(input, at);
    }

    private static ParseResult ParseVersion(ReadOnlySpan<byte> input, int at)
    {
        var name = "HTTP/1."u8;
        var rest = input[at..];
        if (rest.Length <= name.Length) return name.StartsWith(rest) ? More(input) : ParseResult.NoMatch;
        if (!rest.StartsWith(name) || !char.IsAsciiDigit((char)rest[name.Length])) return ParseResult.NoMatch;

        // Servers take "1.10" and "1.01" for a version as well.
        at += name.Length + 1;
        for (var more = 1; more < MaxMinorDigits && at < input.Length && char.IsAsciiDigit((char)input[at]); more++) at++;
        var end = input[at..].IndexOfAnyExcept(" \t"u8);
        return end < 0 ? More(input) : EndOfLine(input, at + end);
    }

    private static ParseResult EndOfLine(ReadOnlySpan<byte> input, int at)
    {
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
