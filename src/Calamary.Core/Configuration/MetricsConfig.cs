namespace Calamary.Core.Configuration;

/// <summary>The section <c>metrics</c>.</summary>
public sealed record MetricsConfig
{
    /// <summary>Whether metrics are served.</summary>
    public bool Enabled { get; init; }

    /// <summary>Where. The port is 1 to 65535.</summary>
    public Endpoint Endpoint { get; init; } = new(Address.FromIPv4(0x7F000001), 9512);
}
