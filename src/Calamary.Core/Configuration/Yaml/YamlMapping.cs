namespace Calamary.Core.Configuration.Yaml;

/// <summary>Keys with their values, in the order of the text. No key is there twice, whatever its case.</summary>
internal sealed class YamlMapping(YamlPlace place, IReadOnlyList<YamlEntry> entries) : YamlNode(place)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public YamlEntry? Find(string key)
    {
        foreach (var entry in Entries)
            if (string.Equals(entry.Key.Text, key, StringComparison.OrdinalIgnoreCase)) return entry;
        return null;
    }
}
