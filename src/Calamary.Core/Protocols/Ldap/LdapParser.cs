namespace Calamary.Core.Protocols.Ldap;

/// <summary>Identifies LDAP by a client's first request (RFC 4511 §4.1.1): a bind, a search, an extended one such as StartTLS, or one that ends something.</summary>
public sealed class LdapParser : IProtocolParser
{
    /// <inheritdoc/>
    public ProtocolId Protocol => LdapProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var status = LdapMessage.Read(input, out _, out var read);
        if (status == ParseStatus.NeedMoreData || (status == ParseStatus.Done && read > input.Length)) return ParseResult.NeedMore(input.Length + 1);
        if (status != ParseStatus.Done) return ParseResult.NoMatch;
        facts.Protocol = LdapProtocol.Id;
        return ParseResult.Done(read);
    }
}
