namespace Calamary.Core.Configuration.Yaml;

/// <summary>A list.</summary>
internal sealed class YamlSequence(YamlPlace place, IReadOnlyList<YamlNode> items) : YamlNode(place)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;
}
