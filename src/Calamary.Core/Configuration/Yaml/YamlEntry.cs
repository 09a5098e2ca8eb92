namespace Calamary.Core.Configuration.Yaml;

/// <summary>A key and its value in a mapping.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);
