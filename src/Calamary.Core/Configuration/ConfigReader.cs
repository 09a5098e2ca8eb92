using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>Reads configurations and finds every problem in them. Nothing that a configuration says makes it throw.</summary>
public static class ConfigReader
{
    /// <summary>Reads a file, or the built-in default. A file that cannot be read is an error at its line 1.</summary>
    /// <param name="source">From <see cref="ConfigLocator"/>.</param>
    /// <param name="protocols">What the parsers can identify; rules may name these and <c>unknown</c>.</param>
    /// <param name="lists">For whoever reads again and again: where a list file is missing or empty, its last good values stay.</param>
    public static ConfigResult Read(ConfigSource source, IReadOnlyList<ProtocolId> protocols, ListStore? lists = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Path is { } path
            ? Read(ConfigFile.Load(path), path, ConfigFile.DirectoryOf(path), protocols, lists)
            : ReadText(DefaultConfig.Text, source.Name, protocols);
    }

    /// <summary>Reads a text. Relative paths in it start from the working directory.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="fileName">What problems call it.</param>
    /// <param name="protocols">What the parsers can identify; rules may name these and <c>unknown</c>.</param>
    public static ConfigResult ReadText(string text, string fileName, IReadOnlyList<ProtocolId> protocols) =>
        Read(YamlTree.Parse(new StringReader(text)), fileName, "", protocols);

    private static ConfigResult Read(YamlTree tree, string file, string directory, IReadOnlyList<ProtocolId> protocols, ListStore? lists = null)
    {
        var (config, problems) = ConfigFile.Read(tree, file, directory, protocols, Read, lists);
        return new ConfigResult(config, problems);
    }

    private static CalamaryConfig Read(YamlMapping mapping, ConfigContext context)
    {
        var root = new Section(context, mapping, mapping);
        VariableReader.Read(root, context);

        var nested = root.Child("service");
        var service = new Section(context, nested.Node, [.. nested.Mappings, mapping]);
        var certs = service.Child("certs");
        var config = ServiceReader.Read(service, certs);
        var hasAuthority = !certs.IsEmpty("interceptPublic") && !certs.IsEmpty("interceptPrivate");
        var rules = ReadRules(root, new RuleReader(new MatchReader(context, config.Parsing), hasAuthority), config);
        context.Values.WarnOfUnused();
        config = config with { Rules = rules, Certs = CertsReader.Read(certs, config.Listeners, rules) };

        nested.Know(service);
        nested.ReportUnknown(key => key.ToUpperInvariant() is "RULES" or "VARS" ? ": it belongs to the top level" : null);
        root.Know(service);
        root.ReportUnknown();
        return config;
    }

    private static List<RuleDefinition> ReadRules(Section root, RuleReader reader, CalamaryConfig config)
    {
        var items = root.Children("rules").ToList();
        var rules = items.Select(reader.Read).OfType<RuleDefinition>().ToList();
        // With errors in them, the others' numbers are not those of the file.
        if (rules.Count == items.Count)
        {
            var namesRequested = config.Listeners.Any(static l => l.Mode is ListenerMode.Http or ListenerMode.Https or ListenerMode.Socks5);
            foreach (var (rule, message) in RuleReview.Find(rules, namesRequested)) root.Context.Problems.Warn(items[rule].Node, message);
        }
        if (root.Find("rules") is null or YamlScalar { IsNull: true } or YamlSequence { Items.Count: 0 })
            root.Context.Problems.Warn(root.Find("rules") ?? root.Node, "no rules: everything is denied");
        return rules;
    }
}
