using System.Globalization;
using Calamary.Core;
using Calamary.Core.Observability;

namespace Calamary.Inspection.Explain;

/// <summary>Verdicts in words.</summary>
internal static class VerdictText
{
    /// <summary>The rule that decided; null for none.</summary>
    public static int? RuleOf(in Verdict verdict) => verdict.Rule < 0 ? null : verdict.Rule;

    /// <summary><c>deny by rule 3 (name)</c>, <c>deny by default</c>.</summary>
    public static string Of(in Verdict verdict) => $"{verdict.Action.ToLabel()} by {BasisOf(verdict)}";

    /// <summary><c>rule 3 (name)</c>, <c>default</c>, <c>denyAlways</c>, <c>loop detection</c>, as in the log.</summary>
    public static string BasisOf(in Verdict verdict) => verdict.Basis switch
    {
        VerdictBasis.Rule => OfRule(verdict.Rule, verdict.RuleName),
        VerdictBasis.DenyAlways => "denyAlways",
        VerdictBasis.Loop => "loop detection",
        _ => "default",
    };

    /// <summary><c>rule 3 (name)</c>.</summary>
    public static string OfRule(int index, string? name) =>
        string.Create(CultureInfo.InvariantCulture, $"rule {index}") + (name is null ? "" : $" ({name})");

    /// <summary>The text with everything written out that could move a terminal's cursor or reverse a line.</summary>
    public static string Printable(string text) =>
        text.Any(IsOdd) ? string.Concat(text.Select(static c => IsOdd(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString())) : text;

    private static bool IsOdd(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned;
}
