namespace Calamary.Core.Configuration;

/// <summary>The section <c>timeout</c>. 1 ms to 24 hours each, unless said otherwise.</summary>
public sealed record TimeoutConfig
{
    /// <summary>For each address that is dialled.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromMilliseconds(2000);

    /// <summary>From accept until the first bytes must be understood.</summary>
    public TimeSpan Process { get; init; } = TimeSpan.FromMilliseconds(1000);

    /// <summary>Without a byte in either direction. 1 ms to 7 days.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMilliseconds(30_000);

    /// <summary>For looking at a server's certificate.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>For resolving a name.</summary>
    public TimeSpan DnsLookup { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>For running flows when the proxy stops. 0 (cut them at once) to 24 hours.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromMilliseconds(10_000);
}
