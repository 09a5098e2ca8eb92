namespace Calamary.Core.Configuration;

/// <summary>The redirector's section <c>health</c>.</summary>
public sealed record HealthConfig
{
    /// <summary>From one check of a proxy to the next. 100 ms to 1 hour.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(2000);

    /// <summary>For each step of a check. 1 ms to 1 hour.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(1000);
}
