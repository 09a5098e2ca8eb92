using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>Reads lists of values and replaces variables.</summary>
internal sealed class ValueReader(ProblemList problems, ListStore lists)
{
    private const int MaxExpanded = 10_000_000;
    private const int MaxDepth = 256;

    private readonly Dictionary<string, Variable> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Variable> _open = [];
    private int _expanded;

    /// <summary>False: there is one of that name.</summary>
    public bool TryDeclare(Variable variable) => _variables.TryAdd(variable.Name, variable);

    /// <summary>Works out every variable, so that problems of unused ones are found too.</summary>
    public void ResolveAll()
    {
        foreach (var variable in _variables.Values) Resolve(variable, variable.Node);
    }

    /// <summary>Says which variables nothing has asked for.</summary>
    public void WarnOfUnused()
    {
        foreach (var variable in _variables.Values)
            if (!variable.IsUsed) problems.Warn(variable.Node, $"the variable '{variable.Name}' is never used");
    }

    /// <summary>Reads a list, or a single value as a list of one. A list that is nothing but one variable is that variable's own.</summary>
    /// <returns>What could be read, see <see cref="ValueList.IsWhole"/>; null for nothing.</returns>
    public ValueList? Read(YamlNode node)
    {
        IReadOnlyList<YamlNode> items = node is YamlSequence sequence ? sequence.Items : [node];
        if (items is [YamlScalar { IsNull: false } only] && TrySplit(only, out var value) && value.Text.StartsWith('$')) return Expand(only, value);
        var list = new ValueList();
        foreach (var item in items) list.IsWhole &= Append(list, item);
        return list;
    }

    private bool Append(ValueList list, YamlNode item)
    {
        if (item is YamlRejected) return false;
        if (item is not YamlScalar scalar) return Fail(item, "a single value is expected here");
        if (scalar.IsNull || scalar.Text.Length == 0) return Fail(item, "there is no value");
        if (!TrySplit(scalar, out var value)) return Fail(item, $"'{scalar.Text}' needs one value after at most one '!'");
        if (!value.Text.StartsWith('$'))
        {
            list.Add(new NodeValue(value, problems.File, scalar));
            return true;
        }
        if (Expand(scalar, value) is not { } values || !Count(values, scalar)) return false;
        list.AddAll(values);
        return true;
    }

    private static bool TrySplit(YamlScalar scalar, out CriterionValue value)
    {
        var negated = scalar.Text.StartsWith('!');
        value = new CriterionValue(negated ? scalar.Text[1..].Trim() : scalar.Text, negated);
        return value.Text.Length > 0 && value.Text[0] != '!';
    }

    private ValueList? Expand(YamlScalar reference, CriterionValue value)
    {
        if (!_variables.TryGetValue(value.Text[1..], out var variable))
        {
            Fail(reference, $"unknown variable '{value.Text}'{Suggestion.For(value.Text, _variables.Keys.Select(name => "$" + name))}");
            return null;
        }
        if (_open.Count > 0) _open[^1].Held.Add(variable);
        else Use(variable);
        if (!Resolve(variable, reference) || variable.Values is not { } values || !value.Negated) return variable.Values;
        if (values.HasNegated)
        {
            Fail(reference, $"'{variable.Name}' holds negated values and cannot be negated itself; list them without '!'");
            return null;
        }
        if (variable.Negated is null && Count(values, reference)) variable.Negated = values.Negate();
        return variable.Negated;
    }

    private static void Use(Variable variable)
    {
        if (variable.IsUsed) return;
        variable.IsUsed = true;
        foreach (var held in variable.Held) Use(held);
    }

    private bool Resolve(Variable variable, YamlNode reference)
    {
        if (variable.IsResolved) return variable.Values is not null;
        if (_open.IndexOf(variable) is var start and >= 0)
        {
            var circle = _open.Skip(start).Append(variable).Select(v => "$" + v.Name);
            return Fail(reference, $"variables hold each other in a circle: {string.Join(" -> ", circle)}");
        }
        if (_open.Count == MaxDepth) return Fail(reference, $"variables hold each other deeper than {MaxDepth} levels");
        _open.Add(variable);
        variable.Values = variable.File is { } file ? ReadFile(file, variable.Node) : Read(variable.Node);
        _open.RemoveAt(_open.Count - 1);
        variable.IsResolved = true;
        return variable.Values is not null;
    }

    private ValueList? ReadFile(string path, YamlNode node)
    {
        if (ListFile.Read(path, node, problems, lists) is not { } file) return null;
        var list = new ValueList();
        list.Add(file);
        return list;
    }

    // Ten variables that hold ten times the next one would be ten thousand million values.
    private bool Count(ValueList values, YamlNode reference)
    {
        if (values.Count > MaxExpanded - _expanded) return Fail(reference, $"variables come to more than {MaxExpanded} values");
        _expanded += values.Count;
        return true;
    }

    private bool Fail(YamlNode at, string message)
    {
        problems.Error(at, message);
        return false;
    }
}
