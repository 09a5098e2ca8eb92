namespace Calamary.Core.Protocols.Dns;

/// <summary>What a message is for (RFC 6895 §2.2). Only kinds that are in use over ordinary DNS; values not named here are kept as they are.</summary>
public enum DnsOpcode : byte
{
    /// <summary>A query (RFC 1035 §4.1.1).</summary>
    Query = 0,
    /// <summary>A zone has changed (RFC 1996).</summary>
    Notify = 4,
    /// <summary>A dynamic update; the question is the zone (RFC 2136).</summary>
    Update = 5,
}
