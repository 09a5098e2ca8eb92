using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Reads configurations of the redirector and finds every problem in them. Nothing that one says makes it throw.</summary>
public static class RedirectorConfigReader
{
    /// <summary>Reads a file. One that cannot be read is an error at its line 1.</summary>
    /// <param name="path">The file.</param>
    public static RedirectorConfigResult Read(string path) => Read(ConfigFile.Load(path), path, ConfigFile.DirectoryOf(path));

    /// <summary>Reads a text. Relative paths in it start from the working directory.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="fileName">What problems call it.</param>
    public static RedirectorConfigResult ReadText(string text, string fileName) => Read(YamlTree.Parse(new StringReader(text)), fileName, "");

    private static RedirectorConfigResult Read(YamlTree tree, string file, string directory)
    {
        var (config, problems) = ConfigFile.Read(tree, file, directory, [], Read);
        return new RedirectorConfigResult(config, problems);
    }

    private static RedirectorConfig Read(YamlMapping mapping, ConfigContext context)
    {
        var root = new Section(context, mapping, mapping);
        var nested = root.Child("service");
        var service = new Section(context, nested.Node, [.. nested.Mappings, mapping]);
        var config = RedirectorReader.Read(service);
        nested.Know(service);
        nested.ReportUnknown(Explain);
        root.Know(service);
        root.ReportUnknown(Explain);
        return config;
    }

    private static string? Explain(string key) => key.ToUpperInvariant() switch
    {
        "RULES" or "VARS" or "DENYALWAYS" or "RECHECK" => ": the redirector has no rules; the proxy judges",
        "DNSNAMESERVERS" or "DNS" or "PARSING" or "CERTS" => ": the redirector has no rules and does not look into flows; the proxy does",
        _ => null,
    };
}
