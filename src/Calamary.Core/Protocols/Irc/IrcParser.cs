using System.Buffers;

namespace Calamary.Core.Protocols.Irc;

/// <summary>Identifies IRC by what a client or a server registers with (RFC 2812 §3.1, RFC 2813 §4.1): NICK, USER with its four parameters, SERVER, or
/// <c>CAP LS</c> (IRCv3) alone or behind a PASS. A single USER is what FTP and POP3 have, too.</summary>
public sealed class IrcParser : IProtocolParser
{
    // RFC 2812 §2.3.
    private const int MaxLine = 512;
    private const int MaxNick = 64;

    private static readonly SearchValues<byte> NotInNicks = SearchValues.Create(" ,*?!@:/<>\"'"u8);

    /// <inheritdoc/>
    public ProtocolId Protocol => IrcProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var rest = input;
        for (var isFirst = true; ; isFirst = false)
        {
            var command = rest;
            var status = TextLine.Take(ref rest, MaxLine, out var line);
            if (status == ParseStatus.NoMatch || !MayBegin(line, isFirst) || !TextLine.IsText(line)) return ParseResult.NoMatch;
            if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
            if (isFirst && TextLine.MayBegin(line, "PASS "u8, out var isPass) && isPass) continue;
            if (!Registers(line)) return ParseResult.NoMatch;
            facts.Protocol = IrcProtocol.Id;
            return ParseResult.Done(input.Length - rest.Length);
        }
    }

    private static bool MayBegin(ReadOnlySpan<byte> line, bool isFirst) =>
        TextLine.MayBegin(line, "NICK "u8, out _) || TextLine.MayBegin(line, "USER "u8, out _) || TextLine.MayBegin(line, "CAP LS"u8, out _)
        || TextLine.MayBegin(line, "CAP REQ "u8, out _) || TextLine.MayBegin(line, "SERVER "u8, out _) || (isFirst && TextLine.MayBegin(line, "PASS "u8, out _));

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) => TextLine.MayBegin(line, word, out var isWhole) && isWhole;

    private static bool Registers(ReadOnlySpan<byte> line)
    {
        if (Is(line, "CAP LS"u8) || Is(line, "CAP REQ "u8)) return true;
        if (Is(line, "NICK "u8))
        {
            var nick = line[5..];
            if (nick is [(byte)':', ..]) nick = nick[1..];
            return nick.Length is > 0 and <= MaxNick && !char.IsAsciiDigit((char)nick[0]) && !nick.ContainsAny(NotInNicks);
        }
        var isUser = Is(line, "USER "u8);
        if (!isUser && !Is(line, "SERVER "u8)) return false;
        // USER name mode unused :real name; SERVER name hops :info
        var parameters = 0;
        var at = line.IndexOf((byte)' ');
        while (at >= 0 && at + 1 < line.Length)
        {
            parameters++;
            if (line[at + 1] == ':') break;
            var next = line[(at + 1)..].IndexOf((byte)' ');
            if (next < 0) break;
            at += next + 1;
        }
        return isUser ? parameters >= 4 : parameters >= 3;
    }
}
