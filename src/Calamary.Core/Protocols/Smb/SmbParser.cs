using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Smb;

/// <summary>Identifies SMB by a client's first message: version 1 (MS-CIFS 2.2.3.1) or 2 and 3 (MS-SMB2 2.2.1), directly over TCP or behind the request for a
/// NetBIOS session (RFC 1002 §4.3.2).</summary>
public sealed class SmbParser : IProtocolParser
{
    private const byte SessionMessage = 0, SessionRequest = 0x81;
    private const byte Version1 = 0xFF, Version2 = 0xFE;
    private const int FrameHeader = 4, Needed = 9, Header1 = 32, Header2 = 64;
    private const int SessionRequestLength = 72, NameLength = 34;

    /// <inheritdoc/>
    public ProtocolId Protocol => SmbProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (input.IsEmpty) return ParseResult.NeedMore(1);
        if (input[0] == SessionRequest) return Session(input, ref facts);
        // No first message is longer than 64 KiB.
        if (input[0] != SessionMessage || (input.Length > 1 && input[1] > 0)) return ParseResult.NoMatch;
        if (input.Length > FrameHeader && input[FrameHeader] is not (Version1 or Version2)) return ParseResult.NoMatch;
        if (input.Length > 5 && !(input.Length < 8 ? "SMB"u8.StartsWith(input[5..]) : input[5..8].SequenceEqual("SMB"u8))) return ParseResult.NoMatch;
        if (input.Length < Needed) return ParseResult.NeedMore(Needed);
        var length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
        if (input[FrameHeader] == Version1 ? length <= Header1 : length <= Header2 || input[8] != Header2) return ParseResult.NoMatch;
        facts.Protocol = SmbProtocol.Id;
        return ParseResult.Done(Needed);
    }

    // Two encoded names of 16 characters each (RFC 1001 §14.1).
    private static ParseResult Session(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        for (var i = 1; i < Math.Min(input.Length, SessionRequestLength); i++)
        {
            var isRight = i switch { 1 or 2 => input[i] == 0, 3 => input[i] == NameLength * 2, _ => MayBeName(input[i], (i - FrameHeader) % NameLength) };
            if (!isRight) return ParseResult.NoMatch;
        }
        if (input.Length < SessionRequestLength) return ParseResult.NeedMore(SessionRequestLength);
        facts.Protocol = SmbProtocol.Id;
        return ParseResult.Done(SessionRequestLength);
    }

    private static bool MayBeName(byte c, int at) => at switch { 0 => c == 32, NameLength - 1 => c == 0, _ => c is >= (byte)'A' and <= (byte)'P' };
}
