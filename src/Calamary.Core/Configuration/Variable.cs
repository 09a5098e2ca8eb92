using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>An item of <c>vars</c>.</summary>
/// <param name="name">Without its <c>$</c>.</param>
/// <param name="node">The values, or the name of the list file.</param>
/// <param name="file">The list file's path; null for values in the configuration.</param>
internal sealed class Variable(string name, YamlNode node, string? file)
{
    public string Name { get; } = name;

    public YamlNode Node { get; } = node;

    public string? File { get; } = file;

    /// <summary>Whether <see cref="Values"/> has been worked out.</summary>
    public bool IsResolved { get; set; }

    /// <summary>Whether anything but variables that are not used themselves has it.</summary>
    public bool IsUsed { get; set; }

    /// <summary>The variables that it holds.</summary>
    public List<Variable> Held { get; } = [];

    /// <summary>Null when nothing could be read.</summary>
    public ValueList? Values { get; set; }

    /// <summary>The negated values, shared by all that ask for them.</summary>
    public ValueList? Negated { get; set; }
}
