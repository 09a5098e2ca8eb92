namespace Calamary.Core.Protocols.Xmpp;

/// <summary>XMPP (RFC 6120), of clients, servers and components.</summary>
public static class XmppProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("xmpp", "XMPP");
}
