namespace Calamary.Core.Protocols.Ssh;

/// <summary>SSH (RFC 4253), version 1 too.</summary>
public static class SshProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("ssh", "SSH", isEncrypted: true);
}
