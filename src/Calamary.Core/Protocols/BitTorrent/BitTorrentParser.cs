namespace Calamary.Core.Protocols.BitTorrent;

/// <summary>Identifies BitTorrent by a peer's handshake (BEP 3). An obfuscated one (MSE) looks like nothing, on purpose.</summary>
public sealed class BitTorrentParser : IProtocolParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => BitTorrentProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var head = "\u0013BitTorrent protocol"u8;
        if (!(input.Length < head.Length ? head.StartsWith(input) : input.StartsWith(head))) return ParseResult.NoMatch;
        if (input.Length < head.Length) return ParseResult.NeedMore(head.Length);
        facts.Protocol = BitTorrentProtocol.Id;
        return ParseResult.Done(head.Length);
    }
}
