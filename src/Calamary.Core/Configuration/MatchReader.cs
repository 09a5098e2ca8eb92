using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Core.Configuration;

/// <summary>Reads the <c>match</c> of rules.</summary>
internal sealed class MatchReader(ConfigContext context, ParsingConfig parsing)
{
    private static readonly HashSet<string> KnownKeys = new(CriterionCatalog.Keys, StringComparer.OrdinalIgnoreCase);

    // Rules that compare nothing but the same variable share one criterion, however long its list.
    private readonly Dictionary<(string Key, ValueList Values), ICriterion?> _made = [];

    public static bool IsKey(string key) => KnownKeys.Contains(key);

    /// <summary>The criteria of a rule, none for a match that everything fulfils; null after an error.</summary>
    public IReadOnlyList<ICriterion>? Read(Section match)
    {
        var criteria = new List<ICriterion>();
        var complete = true;
        foreach (var entry in match.Mappings.SelectMany(mapping => mapping.Entries))
        {
            if (entry.Key.Text.Equals("action", StringComparison.OrdinalIgnoreCase)) continue;
            if (ReadCriterion(entry) is { } criterion) criteria.Add(criterion);
            else complete = false;
        }
        return complete ? criteria : null;
    }

    private ICriterion? ReadCriterion(YamlEntry entry)
    {
        var key = entry.Key.Text;
        if (!IsKey(key))
        {
            context.Problems.Error(entry.Key, $"unknown key '{key}'{Suggestion.For(key, CriterionCatalog.Keys)}");
            return null;
        }
        if (context.Values.Read(entry.Value) is not { } values) return null;
        if (values.Values.Count == 0)
        {
            if (values.IsWhole) context.Problems.Error(entry.Value, "there are no values, so nothing can match; leave the key out to match everything");
            return null;
        }
        if (_made.TryGetValue((key, values), out var made)) return made;
        return _made[(key, values)] = Create(entry, values);
    }

    private ICriterion? Create(YamlEntry entry, ValueList values)
    {
        var key = entry.Key.Text;
        var path = entry.Value.Path;
        var reported = false;
        var criterion = CriterionCatalog.TryCreate(key, values.Values, context.Protocols, (index, message, suggestion) =>
        {
            reported = true;
            var isValue = index >= 0 && index < values.Values.Count;
            var at = isValue ? values.Locate(index) : ConfigPosition.Of(context.Problems.File, entry.Key);
            // A value of a variable is wrong for this criterion; say which.
            var user = at.Path.StartsWith(path, StringComparison.Ordinal) ? "" : $" (for {path})";
            context.Problems.Error(at, $"{message}{Suggestion.Say(suggestion)}{user}");
        });
        // Whatever is not understood must not match by accident.
        if (criterion is null && !reported) context.Problems.Error(entry.Value, "these values are not understood");
        if (key.Equals("protoL5", StringComparison.OrdinalIgnoreCase)) WarnOfDisabled(values);
        return criterion;
    }

    private void WarnOfDisabled(ValueList values)
    {
        for (var i = 0; i < values.Values.Count; i++)
            if (!parsing.IsEnabled(values.Values[i].Text))
                context.Problems.Warn(values.Locate(i), $"'{values.Values[i].Text}' is off in 'parsing': such flows are 'unknown' for the rules");
    }
}
