using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>A mapping while it is read. It remembers the keys that were asked for; the others are unknown.</summary>
/// <param name="context">What all readers share.</param>
/// <param name="node">Where problems of the section as a whole are reported.</param>
/// <param name="mappings">Where the keys may stand: one place, or two for what <c>service</c> holds.</param>
internal sealed class Section(ConfigContext context, YamlNode node, params IReadOnlyList<YamlMapping> mappings)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public ConfigContext Context => context;

    public YamlNode Node => node;

    public IReadOnlyList<YamlMapping> Mappings => mappings;

    /// <summary>Whether the key is there, with or without a proper value.</summary>
    public bool Has(string key) => FindEntry(key) is not null;

    /// <summary>The key's value; null when it is not there, or when its error is reported already.</summary>
    public YamlNode? Find(string key) => FindEntry(key)?.Value is { } value and not YamlRejected ? value : null;

    public void Error(string message) => context.Problems.Error(node, message);

    /// <summary>An error at the key's value.</summary>
    public void Error(string key, string message) => context.Problems.Error(FindEntry(key)?.Value ?? node, message);

    /// <summary>A warning at the key's value.</summary>
    public void Warn(string key, string message) => context.Problems.Warn(FindEntry(key)?.Value ?? node, message);

    /// <summary>The mapping that the key holds; an empty one when it is not there.</summary>
    public Section Child(string key) => Find(key) switch
    {
        YamlMapping mapping => new Section(context, mapping, mapping),
        null or YamlScalar { IsNull: true } => new Section(context, node),
        var other => Rejected(other),
    };

    /// <summary>The mappings of the list that the key holds; none when it is not there.</summary>
    public IEnumerable<Section> Children(string key)
    {
        IReadOnlyList<YamlNode> items = Find(key) switch
        {
            null or YamlScalar { IsNull: true } => [],
            YamlSequence sequence => sequence.Items,
            var single => [single],
        };
        foreach (var item in items)
        {
            if (item is YamlMapping mapping) yield return new Section(context, mapping, mapping);
            else if (item is not YamlRejected) Rejected(item);
        }
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    /// <param name="explain">May say more about a key than that it is unknown.</param>
    public void ReportUnknown(Func<string, string?>? explain = null)
    {
        foreach (var mapping in mappings)
            foreach (var entry in mapping.Entries)
                if (!_known.Contains(entry.Key.Text))
                    context.Problems.Error(entry.Key,
                        $"unknown key '{entry.Key.Text}'{explain?.Invoke(entry.Key.Text) ?? Suggestion.For(entry.Key.Text, _known)}");
    }

    /// <summary>Takes the keys of another section over the same mapping for known.</summary>
    public void Know(Section other) => _known.UnionWith(other._known);

    private Section Rejected(YamlNode other)
    {
        context.Problems.Error(other, "keys with values are expected here");
        return new Section(context, other);
    }

    private YamlEntry? FindEntry(string key)
    {
        var isNew = _known.Add(key);
        YamlEntry? found = null;
        foreach (var mapping in mappings)
        {
            if (mapping.Find(key) is not { } entry) continue;
            if (found is not null && isNew)
                context.Problems.Error(entry.Key, $"'{key}' is also at {found.Key.Path} (line {found.Key.Place.Line}); keep one of them");
            found ??= entry;
        }
        return found;
    }
}
