namespace Calamary.Core;

/// <summary>What a rule does with a flow.</summary>
public enum RuleAction : byte
{
    /// <summary>End the flow before a byte reaches the server. The default of everything.</summary>
    Deny,
    /// <summary>Forward.</summary>
    Accept,
    /// <summary>Answer plain HTTP with a redirect to https; deny anything else.</summary>
    Redirect,
    /// <summary>Forward and decrypt; what is inside is judged again.</summary>
    Intercept,
    /// <summary>Forward within the rule's limits; what is over its number of flows is denied.</summary>
    Limit,
}

/// <summary>What decided.</summary>
public enum VerdictBasis : byte
{
    /// <summary>No rule matched.</summary>
    Default,
    /// <summary>A rule matched.</summary>
    Rule,
    /// <summary>The destination is in <c>denyAlways</c>.</summary>
    DenyAlways,
    /// <summary>The destination is the proxy itself, or the source is.</summary>
    Loop,
}

/// <summary>The decision over a flow, with what is needed to explain it.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Basis">What decided.</param>
/// <param name="Rule">The rule's index from 0, or -1 when no rule decided.</param>
/// <param name="RuleName">The rule's name, or null.</param>
public readonly record struct Verdict(RuleAction Action, VerdictBasis Basis, int Rule = -1, string? RuleName = null)
{
    /// <summary>Denied, because nothing matched.</summary>
    public static Verdict DeniedByDefault => new(RuleAction.Deny, VerdictBasis.Default);

    /// <summary>The end reason of a flow that this verdict denies.</summary>
    public EndReason DeniedReason => Basis switch
    {
        VerdictBasis.Rule => EndReason.DeniedByRule,
        VerdictBasis.DenyAlways => EndReason.DeniedByDenyAlways,
        VerdictBasis.Loop => EndReason.LoopDetected,
        _ => EndReason.DeniedByDefault,
    };

    /// <summary>Whether it is denied because the rule that decided has its number of flows already.</summary>
    public bool IsOverLimit { get; init; }

    /// <summary>Whether the flow is forwarded.</summary>
    public bool IsAccepted => Action is RuleAction.Accept or RuleAction.Intercept or RuleAction.Limit;
}
