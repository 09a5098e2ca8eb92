using System.Text;

namespace Calamary.Core.Observability;

/// <summary>The words for enum values in metrics and JSON logs.</summary>
internal static class Labels
{
    private static readonly string[] EndReasons = Array.ConvertAll(Enum.GetNames<EndReason>(), ToSnakeCase);

    /// <summary>How many end reasons there are; their values are 0 to this.</summary>
    public static int EndReasonCount => EndReasons.Length;

    /// <summary>The end reason in snake_case: <c>denied_by_rule</c>.</summary>
    public static string ToLabel(this EndReason reason) => EndReasons[(int)reason];

    /// <summary>The action as in rules: <c>accept</c>, <c>deny</c>, <c>redirect</c>, …</summary>
    public static string ToLabel(this RuleAction action) => action switch
    {
        RuleAction.Accept => "accept",
        RuleAction.Redirect => "redirect",
        RuleAction.Intercept => "intercept",
        RuleAction.Limit => "limit",
        _ => "deny",
    };

    private static string ToSnakeCase(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && words.Length > 0) words.Append('_');
            words.Append(char.ToLowerInvariant(c));
        }
        return words.ToString();
    }
}
