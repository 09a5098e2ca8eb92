namespace Calamary.Core.Protocols.Rtsp;

/// <summary>Identifies RTSP by a client's request line (RFC 2326 §6.1, RFC 7826 §7.1): a method of RTSP, and its name and version behind the URI.</summary>
public sealed class RtspParser : IProtocolParser
{
    private const int MaxLine = 4096;

    /// <inheritdoc/>
    public ProtocolId Protocol => RtspProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (!MayBeMethod(input)) return ParseResult.NoMatch;
        var rest = input;
        var status = TextLine.Take(ref rest, MaxLine, out var line);
        if (status == ParseStatus.NoMatch || !TextLine.IsText(line)) return ParseResult.NoMatch;
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        if (!line.EndsWith(" RTSP/1.0"u8) && !line.EndsWith(" RTSP/2.0"u8)) return ParseResult.NoMatch;
        facts.Protocol = RtspProtocol.Id;
        return ParseResult.Done(input.Length - rest.Length);
    }

    private static bool MayBeMethod(ReadOnlySpan<byte> input) =>
        May(input, "OPTIONS "u8) || May(input, "DESCRIBE "u8) || May(input, "SETUP "u8) || May(input, "ANNOUNCE "u8) || May(input, "PLAY "u8)
        || May(input, "RECORD "u8) || May(input, "TEARDOWN "u8) || May(input, "GET_PARAMETER "u8) || May(input, "SET_PARAMETER "u8);

    private static bool May(ReadOnlySpan<byte> input, ReadOnlySpan<byte> method) => TextLine.MayBegin(input, method, out _);
}
