namespace Calamary.Core.Protocols.Xmpp;

/// <summary>Identifies XMPP by the head of its stream (RFC 6120 §4.7), with or without an XML declaration.</summary>
public sealed class XmppParser : IProtocolParser
{
    private const int MaxHead = 4096;

    /// <inheritdoc/>
    public ProtocolId Protocol => XmppProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var head = input.TrimStart(" \t\r\n"u8);
        if (head.Length != input.Length && input.Length - head.Length > 64) return ParseResult.NoMatch;
        if (head.IsEmpty) return input.IsEmpty ? ParseResult.NeedMore(1) : ParseResult.NeedMore(input.Length + 1);
        if (TextLine.MayBegin(head, "<?xml"u8, out var isDeclaration) && isDeclaration)
        {
            var end = head.IndexOf("?>"u8);
            if (end < 0) return head.Length > 200 ? ParseResult.NoMatch : ParseResult.NeedMore(input.Length + 1);
            head = head[(end + 2)..].TrimStart(" \t\r\n"u8);
        }
        else if (!isDeclaration && "<?xml"u8.StartsWith(head))
        {
            return ParseResult.NeedMore(input.Length + 1);
        }
        var name = "<stream:stream"u8;
        if (head.Length <= name.Length) return name.StartsWith(head) ? ParseResult.NeedMore(input.Length + 1) : ParseResult.NoMatch;
        if (!head.StartsWith(name) || head[name.Length] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return ParseResult.NoMatch;
        var close = head.IndexOf((byte)'>');
        if (close < 0) return head.Length > MaxHead ? ParseResult.NoMatch : ParseResult.NeedMore(input.Length + 1);
        var attributes = head[..close];
        // RFC 6120 §4.8.1; components: XEP-0114.
        if (attributes.IndexOf("http://etherx.jabber.org/streams"u8) < 0 && attributes.IndexOf("jabber:"u8) < 0) return ParseResult.NoMatch;
        facts.Protocol = XmppProtocol.Id;
        return ParseResult.Done(input.Length - head.Length + close + 1);
    }
}
