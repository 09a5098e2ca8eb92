namespace Calamary.Core.Protocols.Imap;

/// <summary>Identifies IMAP by a client that does not wait for the greeting: a tag with a number, and a command that no other protocol has so (RFC 9051 §6).</summary>
public sealed class ImapParser : IProtocolParser
{
    private const int MaxTag = 20;
    private const int MaxLine = 4000;

    /// <inheritdoc/>
    public ProtocolId Protocol => ImapProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var blank = input.IndexOf((byte)' ');
        var tag = blank < 0 ? input : input[..blank];
        if (tag.Length > MaxTag || !IsTag(tag) || (blank >= 0 && !tag.ContainsAnyInRange((byte)'0', (byte)'9'))) return ParseResult.NoMatch;
        if (blank < 0) return ParseResult.NeedMore(input.Length + 1);
        var command = input[(blank + 1)..];
        if (!MayBegin(command, "CAPABILITY"u8, isLast: true) && !MayBegin(command, "STARTTLS"u8, isLast: true) && !MayBegin(command, "LOGIN "u8, isLast: false)
            && !MayBegin(command, "AUTHENTICATE "u8, isLast: false) && !MayBegin(command, "ID ("u8, isLast: false) && !MayBegin(command, "ID NIL"u8, isLast: true))
            return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        facts.Protocol = ImapProtocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }

    private static bool MayBegin(ReadOnlySpan<byte> text, ReadOnlySpan<byte> command, bool isLast)
    {
        if (!TextLine.MayBegin(text, command, out var isWhole)) return false;
        if (!isWhole) return !text.Contains((byte)'\n');
        return !isLast || text.Length == command.Length || text[command.Length] is (byte)'\r' or (byte)'\n';
    }

    private static bool IsTag(ReadOnlySpan<byte> tag)
    {
        foreach (var c in tag)
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'.' or (byte)'_' or (byte)'-')) return false;
        return tag.IsEmpty || tag[0] is not ((byte)'.' or (byte)'-');
    }
}
