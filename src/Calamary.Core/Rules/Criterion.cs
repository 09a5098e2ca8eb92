namespace Calamary.Core.Rules;

/// <summary>One key of a rule's <c>match</c> with all its values. Pure; allocates nothing.</summary>
internal abstract class Criterion
{
    /// <summary>Compares the rule's values with what is known.</summary>
    public abstract Truth Evaluate(in FlowFacts facts);

    /// <summary>The same, telling <paramref name="trace"/> what was compared with what. May allocate.</summary>
    public abstract Truth Evaluate(in FlowFacts facts, int rule, IRuleTrace trace);

    /// <summary>Whether no flow fulfils it: its values exclude each other.</summary>
    public abstract bool IsNever { get; }

    /// <summary>Whether every flow that fulfils <paramref name="other"/>, of the same type, fulfils this one as well. False when that is not sure.</summary>
    public abstract bool Covers(Criterion other);

    /// <summary>Searches this key of all rules together.</summary>
    /// <param name="column">The criteria of this one's type, with the numbers of their rules.</param>
    /// <param name="rules">The number of all rules.</param>
    public abstract ICriterionIndex CreateIndex(IReadOnlyList<(int Rule, Criterion Criterion)> column, int rules);

    /// <summary>The stage that the criterion's fact belongs to.</summary>
    public abstract FactStages Needs { get; }

    /// <summary>What an evaluation costs; a rule asks its cheap criteria first.</summary>
    public abstract CriterionCost Cost { get; }
}

/// <summary>What an evaluation costs, from cheap to dear.</summary>
internal enum CriterionCost : byte
{
    /// <summary>A comparison.</summary>
    Comparison,
    /// <summary>A search in a few ranges.</summary>
    Range,
    /// <summary>A search in networks, possibly many.</summary>
    Network,
    /// <summary>Hashing of text.</summary>
    Text,
    /// <summary>Going through text, perhaps for every value.</summary>
    Pattern,
}

/// <summary>A value of a criterion, variables already replaced.</summary>
/// <param name="Text">The value without its <c>!</c>.</param>
/// <param name="Negated">Whether it had one.</param>
internal readonly record struct CriterionValue(string Text, bool Negated);

/// <summary>A rule before compilation.</summary>
internal sealed record RuleDefinition(RuleAction Action, string? Name, IReadOnlyList<Criterion> Criteria, RuleLimit? Limit = null);
