using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Core.Configuration;

/// <summary>Reads the <c>match</c> of rules.</summary>
internal sealed class MatchReader(ConfigContext context, ParsingConfig parsing)
{
    private const int MaxSkipped = 20;

    private static readonly HashSet<string> KnownKeys = new(CriterionCatalog.Keys, StringComparer.OrdinalIgnoreCase);

    // Rules that compare nothing but the same variable share one criterion, however long its list.
    private readonly Dictionary<(string Key, ValueList Values), Criterion?> _made = [];

    public static bool IsKey(string key) => KnownKeys.Contains(key);

    /// <summary>The criteria of a rule, none for a match that everything fulfils; null after an error.</summary>
    public IReadOnlyList<Criterion>? Read(Section match)
    {
        var criteria = new List<Criterion>();
        var complete = true;
        foreach (var entry in match.Mappings.SelectMany(mapping => mapping.Entries))
        {
            if (entry.Key.Text.Equals("action", StringComparison.OrdinalIgnoreCase)) continue;
            if (ReadCriterion(entry) is { } criterion) criteria.Add(criterion);
            else complete = false;
        }
        return complete ? criteria : null;
    }

    private Criterion? ReadCriterion(YamlEntry entry)
    {
        var key = entry.Key.Text;
        if (!IsKey(key))
        {
            context.Problems.Error(entry.Key, $"unknown key '{key}'{Suggestion.For(key, CriterionCatalog.Keys)}");
            return null;
        }
        if (context.Values.Read(entry.Value) is not { } values) return null;
        if (values.Count == 0)
        {
            if (values.IsWhole) context.Problems.Error(entry.Value, "there are no values, so nothing can match; leave the key out to match everything");
            return null;
        }
        if (_made.TryGetValue((key, values), out var made)) return made;
        return _made[(key, values)] = Create(entry, values);
    }

    private Criterion? Create(YamlEntry entry, ValueList values)
    {
        var key = entry.Key.Text;
        var path = entry.Value.Path;
        var reported = false;
        var skipped = 0;
        var criterion = CriterionCatalog.TryCreate(key, values, context.Protocols, (index, message, suggestion) =>
        {
            var at = index >= 0 ? values.Locate(index) : ConfigPosition.Of(context.Problems.File, entry.Key);
            // A value of a variable is wrong for this criterion; say which.
            var user = at.Path.StartsWith(path, StringComparison.Ordinal) ? "" : $" (for {path})";
            var text = $"{message}{Suggestion.Say(suggestion)}{user}";
            if (index < 0 || !values.MaySkip(index))
            {
                reported = true;
                context.Problems.Error(at, text);
            }
            else if (skipped++ < MaxSkipped)
            {
                context.Problems.Warn(at, $"skipped: {text}");
            }
        });
        if (skipped > MaxSkipped) context.Problems.Warn(entry.Value, $"{skipped - MaxSkipped} more values of lists are not understood and skipped");
        if (criterion?.IsNever == true) context.Problems.Warn(entry.Value, "these values exclude each other: the rule can never match");
        // Whatever is not understood must not match by accident.
        if (criterion is null && !reported) context.Problems.Error(entry.Value, "these values are not understood");
        if (key.Equals("protoL5", StringComparison.OrdinalIgnoreCase)) WarnOfDisabled(values);
        return criterion;
    }

    private void WarnOfDisabled(ValueList values)
    {
        values.ForEach((index, text, _) =>
        {
            if (!parsing.IsEnabled(text.ToString()))
                context.Problems.Warn(values.Locate(index), $"'{text}' is off in 'parsing': such flows are 'unknown' for the rules");
        });
    }
}
