namespace Calamary.Core.Rules;

/// <summary>The outcome of a comparison over what is known so far.</summary>
public enum Truth : byte
{
    /// <summary>It does not hold, whatever is found later.</summary>
    No,
    /// <summary>It depends on a fact that is not known yet.</summary>
    Unknown,
    /// <summary>It holds.</summary>
    Yes,
}

/// <summary>Holds the ruleset in force.</summary>
public interface IRuleEngine
{
    /// <summary>The current ruleset. A flow takes it once, at accept, and keeps it.</summary>
    IRuleSet Current { get; }
}

/// <summary>An immutable, compiled ruleset.</summary>
public interface IRuleSet
{
    /// <summary>The number of rules.</summary>
    int Count { get; }

    /// <summary>Whether any rule compares the destination address, so that a name must be resolved before the verdict.</summary>
    bool ComparesDestination { get; }

    /// <summary>Applies the rules in order; the first match decides, nothing matched is deny.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="verdict">The verdict, when true is returned.</param>
    /// <param name="trace">Told about every comparison; null for none.</param>
    /// <returns>False when the verdict depends on a fact that is not known yet.</returns>
    bool TryDecide(in FlowFacts facts, out Verdict verdict, IRuleTrace? trace = null);
}

/// <summary>Hears every comparison of a rule evaluation.</summary>
public interface IRuleTrace
{
    /// <summary>A criterion was compared.</summary>
    /// <param name="rule">The rule's index from 0.</param>
    /// <param name="criterion">The criterion's log name, with <c>!</c> in front for the negated values: <c>DPort</c>, <c>!DNet</c>.</param>
    /// <param name="values">The rule's values: <c>[443 80]</c>.</param>
    /// <param name="actual">The flow's value, <c>?</c> while unknown, <c>-</c> when the flow has none.</param>
    /// <param name="outcome">What came of it.</param>
    void Compared(int rule, string criterion, string values, string actual, Truth outcome);

    /// <summary>A rule decided.</summary>
    /// <param name="rule">The rule's index from 0.</param>
    /// <param name="action">Its action.</param>
    void Applied(int rule, RuleAction action);
}
