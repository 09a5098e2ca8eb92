namespace Calamary.Core.Protocols.Sip;

/// <summary>The first line of a SIP message (RFC 3261 §7).</summary>
internal static class SipMessage
{
    private const int MaxLine = 2048;

    // Two are a keep-alive (RFC 5626 §3.5.1).
    private const int MaxEmptyLines = 8;

    /// <summary>Reads a request line, or a status line.</summary>
    public static ParseStatus Read(ReadOnlySpan<byte> input, out int length)
    {
        var rest = input;
        length = 0;
        for (var empty = 0; ; empty++)
        {
            if (!rest.IsEmpty && rest[0] is not ((byte)'\r' or (byte)'\n') && !MayBegin(rest)) return ParseStatus.NoMatch;
            var status = TextLine.Take(ref rest, MaxLine, out var line);
            if (status != ParseStatus.Done) return status;
            if (line.IsEmpty && empty < MaxEmptyLines) continue;
            length = input.Length - rest.Length;
            return TextLine.IsText(line) && IsFirstLine(line) ? ParseStatus.Done : ParseStatus.NoMatch;
        }
    }

    private static bool IsFirstLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("SIP/2.0 "u8)) return line.Length >= 11 && line[8] is >= (byte)'1' and <= (byte)'6' && !line[9..11].ContainsAnyExceptInRange((byte)'0', (byte)'9');
        if (!line.EndsWith(" SIP/2.0"u8)) return false;
        var uri = line[(line.IndexOf((byte)' ') + 1)..^8];
        return uri.StartsWith("sip:"u8) || uri.StartsWith("sips:"u8) || uri.StartsWith("tel:"u8) || uri.StartsWith("SIP:"u8) || uri.StartsWith("urn:"u8);
    }

    private static bool MayBegin(ReadOnlySpan<byte> line) =>
        May(line, "SIP/2.0 "u8) || May(line, "INVITE "u8) || May(line, "REGISTER "u8) || May(line, "OPTIONS "u8) || May(line, "ACK "u8) || May(line, "BYE "u8)
        || May(line, "CANCEL "u8) || May(line, "SUBSCRIBE "u8) || May(line, "NOTIFY "u8) || May(line, "PUBLISH "u8) || May(line, "MESSAGE "u8)
        || May(line, "INFO "u8) || May(line, "PRACK "u8) || May(line, "UPDATE "u8) || May(line, "REFER "u8);

    // Methods have a case (RFC 3261 §7.1).
    private static bool May(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) => line.Length < word.Length ? word.StartsWith(line) : line.StartsWith(word);
}
