using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>Takes a value and whether it is negated.</summary>
internal delegate void PartVisitor(ReadOnlySpan<char> text, bool negated);

/// <summary>Values that come from one place.</summary>
internal interface IValuePart
{
    int Count { get; }

    bool HasNegated { get; }

    /// <summary>Whether a value that is not understood is left out, and the rest used.</summary>
    bool MaySkip { get; }

    /// <summary>Hands over each, in order.</summary>
    void ForEach(PartVisitor visit);

    /// <summary>Where the value with this number stands.</summary>
    ConfigPosition Locate(int number);
}

/// <summary>A value in the configuration itself.</summary>
internal sealed class NodeValue(CriterionValue value, string file, YamlNode node) : IValuePart
{
    public int Count => 1;

    public bool HasNegated => value.Negated;

    public bool MaySkip => false;

    public void ForEach(PartVisitor visit) => visit(value.Text, value.Negated);

    public ConfigPosition Locate(int number) => ConfigPosition.Of(file, node);
}
