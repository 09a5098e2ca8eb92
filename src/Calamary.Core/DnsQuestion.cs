namespace Calamary.Core;

/// <summary>The question of a DNS query (RFC 1035 §4.1.2).</summary>
public sealed class DnsQuestion
{
    /// <summary>The name in question, normalised; null when it is no host name (the root, odd bytes): the rules see none.</summary>
    public string? Name { get; init; }

    /// <summary>The type in question (RFC 1035 §3.2.3): 1 for A, 28 for AAAA, 65 for HTTPS.</summary>
    public ushort Type { get; init; }
}
