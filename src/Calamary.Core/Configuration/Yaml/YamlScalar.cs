namespace Calamary.Core.Configuration.Yaml;

/// <summary>A single value. Types are for its reader to decide: <c>443</c> and <c>'443'</c> are the same.</summary>
internal sealed class YamlScalar(YamlPlace place, string text, bool isNull) : YamlNode(place)
{
    public string Text { get; } = text;

    /// <summary>Nothing, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull { get; } = isNull;
}
