namespace Calamary.Core.Configuration;

/// <summary>Where a configuration comes from.</summary>
/// <param name="Path">The file; null for the built-in default.</param>
public sealed record ConfigSource(string? Path)
{
    /// <summary>For logs and problems: the file, or <c>(embedded default)</c>.</summary>
    public string Name => Path ?? DefaultConfig.Name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
