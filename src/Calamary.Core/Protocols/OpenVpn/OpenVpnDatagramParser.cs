namespace Calamary.Core.Protocols.OpenVpn;

/// <summary>Identifies OpenVPN over UDP by a client's hard reset.</summary>
public sealed class OpenVpnDatagramParser : IDatagramParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => OpenVpnProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        if (!OpenVpnPacket.IsReset(datagrams[0].Span)) return ParseResult.NoMatch;
        facts.Protocol = OpenVpnProtocol.Id;
        return ParseResult.Done(1);
    }
}
