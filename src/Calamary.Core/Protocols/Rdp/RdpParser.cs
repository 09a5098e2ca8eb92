using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Rdp;

/// <summary>Identifies RDP by its connection request: TPKT and X.224 with a cookie, a routing token or a negotiation request (MS-RDPBCGR 2.2.1.1). Old clients send
/// none of these, as other users of ISO transport do (RFC 1006), so that a bare request counts on RDP's port only.</summary>
public sealed class RdpParser : IProtocolParser
{
    private const int HeaderLength = 11, MinLength = 6, NegotiationLength = 8;
    private const int ConnectionRequest = 0xE0;
    private const int Port = 3389;

    /// <inheritdoc/>
    public ProtocolId Protocol => RdpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        for (var i = 0; i < Math.Min(input.Length, HeaderLength); i++)
        {
            // Version 3, reserved; 511 bytes at most; X.224's length, CR (credit 0), DST-REF 0, any SRC-REF, class 0.
            var isRight = i switch { 0 => input[i] == 3, 1 or 6 or 7 or 10 => input[i] == 0, 2 => input[i] <= 1, 4 => input[i] >= MinLength, 5 => input[i] == ConnectionRequest, _ => true };
            if (!isRight) return ParseResult.NoMatch;
        }
        if (input.Length < HeaderLength) return ParseResult.NeedMore(HeaderLength);
        var length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
        if (input[4] != length - 5) return ParseResult.NoMatch;
        if (input.Length < length) return ParseResult.NeedMore(length);
        if (!IsRdp(input[HeaderLength..length]) && !(length == HeaderLength && facts.Destination.Port == Port)) return ParseResult.NoMatch;
        facts.Protocol = RdpProtocol.Id;
        return ParseResult.Done(length);
    }

    private static bool IsRdp(ReadOnlySpan<byte> rest)
    {
        if (rest.StartsWith("Cookie: "u8))
        {
            var end = rest.IndexOf("\r\n"u8);
            if (end < 0) return false;
            rest = rest[(end + 2)..];
            if (rest.IsEmpty) return true;
        }
        // RDP_NEG_REQ, perhaps with correlation information behind it.
        return rest.Length >= NegotiationLength && rest[0] == 1 && rest[2] == NegotiationLength && rest[3] == 0;
    }
}
