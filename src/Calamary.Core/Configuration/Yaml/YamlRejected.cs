namespace Calamary.Core.Configuration.Yaml;

/// <summary>Stands for a node whose error is reported already, so that nobody reports it again.</summary>
internal sealed class YamlRejected(YamlPlace place) : YamlNode(place);
