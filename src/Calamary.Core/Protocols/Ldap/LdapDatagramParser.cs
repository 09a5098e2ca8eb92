namespace Calamary.Core.Protocols.Ldap;

/// <summary>Identifies LDAP over UDP, by which clients look for domain controllers (MS-ADTS 6.3.3): a request that fills a datagram.</summary>
public sealed class LdapDatagramParser : IDatagramParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => LdapProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        var datagram = datagrams[0].Span;
        if (LdapMessage.Read(datagram, out var end, out _) != ParseStatus.Done || end != datagram.Length) return ParseResult.NoMatch;
        facts.Protocol = LdapProtocol.Id;
        return ParseResult.Done(1);
    }
}
