namespace Calamary.Core;

/// <summary>The question of a DNS query (RFC 1035 §4.1.2).</summary>
public sealed class DnsQuestion
{
    /// <summary>The name in question: lower case, without the final dot, bytes that host names do not have as <c>\DDD</c>; null for the root.</summary>
    public string? Name { get; init; }

    /// <summary>The type in question (RFC 1035 §3.2.3): 1 for A, 28 for AAAA, 65 for HTTPS.</summary>
    public ushort Type { get; init; }
}
