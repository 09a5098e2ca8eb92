namespace Calamary.Core.Protocols.Redis;

/// <summary>Redis' serialization protocol (RESP).</summary>
public static class RedisProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("redis", "Redis");
}
