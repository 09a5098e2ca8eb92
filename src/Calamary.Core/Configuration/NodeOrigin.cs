using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>A value that stands in the configuration itself.</summary>
internal sealed class NodeOrigin(string file, YamlNode node) : IValueOrigin
{
    public ConfigPosition Locate(int number) => ConfigPosition.Of(file, node);
}
