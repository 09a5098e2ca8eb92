using System.Globalization;
using System.Text;
using Calamary.Core.Configuration.Yaml;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>Reads an item of <c>rules</c>.</summary>
/// <param name="matches">Reads their <c>match</c>.</param>
/// <param name="hasAuthority">Whether <c>certs</c> names a CA for interception.</param>
internal sealed class RuleReader(MatchReader matches, bool hasAuthority)
{
    private const int MaxName = 64;

    private static readonly IReadOnlyList<(string, RuleAction?)> Actions =
    [
        ("accept", RuleAction.Accept), ("allow", RuleAction.Accept), ("deny", RuleAction.Deny), ("drop", RuleAction.Deny),
        ("redirect", RuleAction.Redirect), ("intercept", RuleAction.Intercept), ("limit", RuleAction.Limit),
    ];

    /// <summary>Null after an error.</summary>
    public RuleDefinition? Read(Section item)
    {
        var match = ReadMatch(item);
        var action = ReadAction(item, match);
        var name = ReadName(item);
        var limit = LimitReader.Read(item, action);
        item.ReportUnknown(key => MatchReader.IsKey(key) ? ": it belongs inside 'match'" : null);
        var criteria = matches.Read(match);
        return criteria is null || action is null ? null : new RuleDefinition(action.Value, name, criteria, limit);
    }

    private static Section ReadMatch(Section item)
    {
        // What stands below an empty 'match' by a wrong indentation must not turn into a rule that matches everything.
        if (item.Find("match") is YamlScalar { IsNull: true })
            item.Error("match", "there is no value: indent its keys deeper than 'match', or write {} to match everything");
        return item.Child("match");
    }

    private RuleAction? ReadAction(Section item, Section match)
    {
        var beside = ReadAction(item);
        var inside = ReadAction(match);
        if (!item.Has("action") && !match.Has("action")) item.Error("the rule has no 'action'");
        if (beside is not null && inside is not null && beside != inside) match.Error("action", "differs from the 'action' beside 'match'; keep that one only");
        return beside ?? inside;
    }

    private RuleAction? ReadAction(Section section)
    {
        if (!section.Has("action") || section.Word("action", null, Actions) is not { } action) return null;
        if (action == RuleAction.Intercept && !hasAuthority) section.Error("action", CertificateReader.NoInterceptionAuthority);
        return action;
    }

    private static string? ReadName(Section item)
    {
        var name = item.Text("name");
        if (!item.Has("name") || item.Find("name") is null) return null;
        if (name is { Length: <= MaxName } && name.EnumerateRunes().All(IsPrintable)) return name;
        item.Error("name", $"a name has 1 to {MaxName} printable characters without '|'");
        return null;
    }

    // Names stand in log columns: nothing invisible, nothing that breaks or reverses a line.
    private static bool IsPrintable(Rune rune) => rune.Value != '|' && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
