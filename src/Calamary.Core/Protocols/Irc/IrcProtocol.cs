namespace Calamary.Core.Protocols.Irc;

/// <summary>IRC (RFC 2812), with the IRCv3 capabilities that clients begin with.</summary>
public static class IrcProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("irc", "IRC");
}
