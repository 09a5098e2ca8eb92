using Calamary.Core.Rules;

namespace Calamary.Inspection.Explain;

/// <summary>Rules and their comparisons in words.</summary>
internal static class RuleText
{
    /// <summary><c>dest [10.0.0.0/8] is 198.51.100.7</c>.</summary>
    public static string Of(Comparison comparison) =>
        VerdictText.Printable($"{comparison.Key} {comparison.Values}, the flow has {comparison.Fact ?? "none"}");

    /// <summary>A rule's line: the criterion that failed is marked, and so is the rule that matched.</summary>
    public static string Of(RuleStep step, Colours colours)
    {
        var title = VerdictText.Printable($"{VerdictText.OfRule(step.Index, step.Name)} {step.Action}");
        if (step.Matched) return $"> {colours.Bold(title)}: {(step.Comparisons.Count == 0 ? "matches everything" : Compared(step, colours))}";
        return step.IsPassedOver ? $"  {title}: passed over, there is nothing (more) to decrypt" : $"  {title}: {Compared(step, colours)}";
    }

    private static string Compared(RuleStep step, Colours colours) => string.Join("; ", step.Comparisons.Select(c => Marked(c, colours)));

    private static string Marked(Comparison comparison, Colours colours) =>
        comparison.Outcome == Truth.Yes ? colours.Good("✓ ") + Of(comparison) : colours.Bad("✗ " + Of(comparison));
}
