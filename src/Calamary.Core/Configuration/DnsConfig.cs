namespace Calamary.Core.Configuration;

/// <summary>The section <c>dns</c>.</summary>
public sealed record DnsConfig
{
    /// <summary>Names kept in the cache, 0 (no cache) to 1,000,000.</summary>
    public int Cache { get; init; } = 4096;

    /// <summary>Take <c>ech</c> out of HTTPS and SVCB records in DNS answers that pass the proxy in clear.</summary>
    public bool StripEch { get; init; }
}
