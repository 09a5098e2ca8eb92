namespace Calamary.Core.Protocols.Ldap;

/// <summary>LDAP (RFC 4511), and the connectionless form that domain controllers are found with (MS-ADTS).</summary>
public static class LdapProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("ldap", "LDAP");
}
