namespace Calamary.Core.Rules.Sets;

/// <summary>The values of a criterion that share a sign, compiled for lookup. Immutable; lookups allocate nothing.</summary>
/// <typeparam name="TFact">What a flow is compared by.</typeparam>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IValueSet<TFact, TSelf>
    where TSelf : IValueSet<TFact, TSelf>
{
    /// <summary>Whether every possible fact is in the set.</summary>
    bool IsAll { get; }

    /// <summary>Whether any value matches the fact.</summary>
    bool Contains(TFact fact);

    /// <summary>Whether every fact that <paramref name="other"/> contains is in this set as well.</summary>
    bool Covers(TSelf other);
}
