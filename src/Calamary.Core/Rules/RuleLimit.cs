namespace Calamary.Core.Rules;

/// <summary>Who shares a limit.</summary>
internal enum LimitScope : byte
{
    /// <summary>Each source: an IPv4 address, or an IPv6 network of 64 bits.</summary>
    Source,
    /// <summary>All flows of the rule.</summary>
    Rule,
    /// <summary>Each authenticated user; flows without one share.</summary>
    User,
}

/// <summary>What a rule with the action <c>limit</c> allows.</summary>
/// <param name="BytesPerSecond">In each direction; 0 for any rate.</param>
/// <param name="Flows">Flows at a time; 0 for any number.</param>
/// <param name="Per">Who shares it.</param>
internal sealed record RuleLimit(long BytesPerSecond, int Flows, LimitScope Per);
