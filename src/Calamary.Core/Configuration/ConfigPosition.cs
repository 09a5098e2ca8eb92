using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Where a problem is.</summary>
internal readonly record struct ConfigPosition(string File, int Line, int Column, string Path)
{
    public static ConfigPosition Of(string file, YamlNode node) => new(file, node.Place.Line, node.Place.Column, node.Path);
}
