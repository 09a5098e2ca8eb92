namespace Calamary.Core.Protocols;

/// <summary>What a greeting of the form that SMTP and FTP share (RFC 959 §4.2) says of itself.</summary>
internal enum GreetingKind : byte
{
    /// <summary>It is none.</summary>
    None,
    /// <summary>Its end is not there, and what is there says nothing.</summary>
    Partial,
    /// <summary>It says nothing of its protocol.</summary>
    Unnamed,
    /// <summary>It names SMTP.</summary>
    Smtp,
    /// <summary>It names FTP.</summary>
    Ftp,
}

/// <summary>Reads greetings of a three-digit code and text, over one or more lines.</summary>
internal static class Replies
{
    private const int MaxLine = 1024;

    /// <summary>Reads a greeting.</summary>
    /// <param name="input">A server's first bytes.</param>
    /// <param name="code">Its code.</param>
    /// <param name="length">Up to the line that tells.</param>
    public static GreetingKind Read(ReadOnlySpan<byte> input, out int code, out int length)
    {
        (code, length) = (0, 0);
        var rest = input;
        while (true)
        {
            var status = TextLine.Take(ref rest, MaxLine, out var line);
            if (status == ParseStatus.NoMatch || !TextLine.IsText(line) || !MayBeReply(line, ref code)) return GreetingKind.None;
            if (status == ParseStatus.NeedMoreData) return GreetingKind.Partial;
            length = input.Length - rest.Length;
            if (code == 0) return GreetingKind.None;
            // A mail server's host name may be ftp.…, an FTP server's smtp.…: only words of their own count.
            var text = line.Length > 4 ? line[4..] : default;
            if (TextLine.HasWord(text, "ESMTP"u8) || TextLine.HasWord(text, "SMTP"u8) || TextLine.HasWord(text, "LMTP"u8)) return GreetingKind.Smtp;
            if (NamesFtp(text)) return GreetingKind.Ftp;
            if (line.Length < 4 || line[3] != '-') return GreetingKind.Unnamed;
        }
    }

    private static bool NamesFtp(ReadOnlySpan<byte> line) => TextLine.HasWord(line, "FTP"u8) || TextLine.HasWord(line, "FTPD"u8) || TextLine.HasWord(line, "vsFTPd"u8)
        || TextLine.HasWord(line, "ProFTPD"u8) || TextLine.HasWord(line, "Pure-FTPd"u8) || TextLine.HasWord(line, "FileZilla"u8) || TextLine.HasWord(line, "Serv-U"u8)
        || TextLine.HasWord(line, "wu-ftpd"u8) || TextLine.HasWord(line, "pyftpdlib"u8);

    // The first line gives the code; those between need not repeat it (RFC 959 §4.2).
    private static bool MayBeReply(ReadOnlySpan<byte> line, ref int code)
    {
        var digits = line[..Math.Min(3, line.Length)];
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return code != 0;
        if (digits.Length < 3 || (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-'))) return digits.Length < 3 || code != 0;
        if (code == 0) code = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
        return true;
    }
}
