namespace Calamary.Core;

/// <summary>An application protocol that peeking can identify. Each protocol's folder defines its own; there is no central list.</summary>
/// <param name="name">The word in rules and logs, lower case: <c>tls</c>.</param>
/// <param name="label">The metric label value: <c>TLS</c>.</param>
/// <param name="isEncrypted">Whether the criterion <c>encrypted</c> holds for it.</param>
public sealed class ProtocolId(string name, string label, bool isEncrypted = false)
{
    /// <summary>What peeking could not identify. It is not encrypted for the rules: nothing proves that it is.</summary>
    public static ProtocolId Unknown { get; } = new("unknown", "unknown");

    /// <summary>The word in rules and logs, lower case.</summary>
    public string Name { get; } = name;

    /// <summary>The metric label value.</summary>
    public string Label { get; } = label;

    /// <summary>Whether the criterion <c>encrypted</c> holds.</summary>
    public bool IsEncrypted { get; } = isEncrypted;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
