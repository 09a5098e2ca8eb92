namespace Calamary.Core.Protocols.Ssh;

/// <summary>Identifies SSH by the identification string that both sides send first (RFC 4253 §4.2): the same for clients and servers.</summary>
public sealed class SshParser : IProtocolParser
{
    /// <summary>With the line's end (RFC 4253 §4.2).</summary>
    private const int MaxLine = 255;

    /// <inheritdoc/>
    public ProtocolId Protocol => SshProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (!TextLine.MayBegin(input, "SSH-"u8, out var isWhole)) return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line) || (isWhole && !MayBeVersion(line[4..], status == ParseStatus.Done))) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        facts.Protocol = SshProtocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }

    // "2.0-OpenSSH_9.2", "1.99-Cisco-1.25", "1.5-x".
    private static bool MayBeVersion(ReadOnlySpan<byte> text, bool isWhole)
    {
        if (text.IsEmpty) return !isWhole;
        if (text[0] is not ((byte)'1' or (byte)'2')) return false;
        var end = text.IndexOf((byte)'-');
        var version = end < 0 ? text : text[..end];
        if ((end < 0 && isWhole) || version.Length > 4) return false;
        if (version.Length > 1 && version[1] != '.') return false;
        return version.Length <= 2 ? end < 0 : !version[2..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
