using System.Buffers.Binary;

namespace Calamary.Core.Protocols.OpenVpn;

/// <summary>Identifies OpenVPN over TCP by a client's hard reset behind its length.</summary>
public sealed class OpenVpnParser : IProtocolParser
{
    private const int Prefix = 2;

    /// <inheritdoc/>
    public ProtocolId Protocol => OpenVpnProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (input.Length > 0 && input[0] > OpenVpnPacket.MaxLength >> 8) return ParseResult.NoMatch;
        if (input.Length > Prefix && !OpenVpnPacket.MayBegin(input[Prefix])) return ParseResult.NoMatch;
        if (input.Length <= Prefix) return ParseResult.NeedMore(Prefix + 1);
        var length = BinaryPrimitives.ReadUInt16BigEndian(input);
        if (length is < OpenVpnPacket.MinLength or > OpenVpnPacket.MaxLength) return ParseResult.NoMatch;
        if (input.Length < Prefix + length) return ParseResult.NeedMore(Prefix + length);
        if (!OpenVpnPacket.IsReset(input.Slice(Prefix, length))) return ParseResult.NoMatch;
        facts.Protocol = OpenVpnProtocol.Id;
        return ParseResult.Done(Prefix + length);
    }
}
