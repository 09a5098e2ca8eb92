using System.Text;

namespace Calamary.Core.Protocols.Smtp;

/// <summary>Identifies SMTP by a client that does not wait for the greeting: EHLO or HELO with its name (RFC 5321 §4.1.1.1), LHLO (RFC 2033).</summary>
public sealed class SmtpParser : IProtocolParser
{
    // RFC 5321 §4.5.3.1.4.
    private const int MaxLine = 512;

    /// <inheritdoc/>
    public ProtocolId Protocol => SmtpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (!TextLine.MayBegin(input, "EHLO"u8, out _) && !TextLine.MayBegin(input, "HELO"u8, out _) && !TextLine.MayBegin(input, "LHLO"u8, out _))
            return ParseResult.NoMatch;
        // Some forget their name.
        if (input.Length > 4 && input[4] is not ((byte)' ' or (byte)'\r' or (byte)'\n')) return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !Ascii.IsValid(line) || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        facts.Protocol = SmtpProtocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }
}
