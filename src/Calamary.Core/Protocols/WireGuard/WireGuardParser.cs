using System.Buffers.Binary;

namespace Calamary.Core.Protocols.WireGuard;

/// <summary>Identifies WireGuard by the messages of its handshake, which have a size each, and by data (white paper §5.4).</summary>
public sealed class WireGuardParser : IDatagramParser
{
    private const int InitiationLength = 148, ResponseLength = 92, CookieLength = 64, DataHeader = 16, MinData = 32;
    private const int DataPadding = 16;

    /// <inheritdoc/>
    public ProtocolId Protocol => WireGuardProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        if (!IsMessage(datagrams[0].Span)) return ParseResult.NoMatch;
        facts.Protocol = WireGuardProtocol.Id;
        return ParseResult.Done(1);
    }

    // A type, three reserved bytes, and an index that is random.
    private static bool IsMessage(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < MinData || datagram[1..4].ContainsAnyExcept((byte)0) || BinaryPrimitives.ReadUInt32LittleEndian(datagram[4..]) < 0x100) return false;
        return datagram[0] switch
        {
            1 => datagram.Length == InitiationLength,
            2 => datagram.Length == ResponseLength,
            3 => datagram.Length == CookieLength,
            // A counter that no session reaches the upper half of.
            4 => datagram.Length % DataPadding == 0 && BinaryPrimitives.ReadUInt32LittleEndian(datagram[12..DataHeader]) == 0,
            _ => false,
        };
    }
}
