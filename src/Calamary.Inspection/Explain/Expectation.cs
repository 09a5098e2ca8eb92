using System.Globalization;
using Calamary.Core;
using Calamary.Core.Observability;

namespace Calamary.Inspection.Explain;

/// <summary>What a flow's describer expects to come of it.</summary>
/// <param name="Action">The action as in rules; null for whatever comes.</param>
/// <param name="HasRule">Whether <paramref name="Rule"/> is expected.</param>
/// <param name="Rule">The rule's index; null when no rule is to decide.</param>
internal readonly record struct Expectation(string? Action, bool HasRule, int? Rule)
{
    public bool IsAny => Action is null && !HasRule;

    public bool Holds(in Verdict verdict) =>
        (Action is null || Action == verdict.Action.ToLabel()) && (!HasRule || Rule == VerdictText.RuleOf(verdict));

    /// <summary><c>accept by rule 2</c>.</summary>
    public override string ToString() => string.Join(' ', new[] { Action, RuleText }.OfType<string>());

    private string? RuleText => !HasRule ? null : Rule is { } rule ? string.Create(CultureInfo.InvariantCulture, $"by rule {rule}") : "by no rule";
}
