namespace Calamary.Core.Configuration;

/// <summary>The section <c>log</c>.</summary>
public sealed record LogConfig
{
    /// <summary>The shape of log lines.</summary>
    public LogFormat Format { get; init; }
}
