namespace Calamary.Core.Rules.Sets;

/// <summary>The values of a criterion that share a sign, compiled for lookup. Immutable; lookups allocate nothing.</summary>
/// <typeparam name="TFact">What a flow is compared by.</typeparam>
internal abstract class ValueSet<TFact>
{
    /// <summary>Whether every possible fact is in the set.</summary>
    public abstract bool IsAll { get; }

    /// <summary>About how many values it has.</summary>
    public abstract int Size { get; }

    /// <summary>Whether any value matches the fact.</summary>
    public abstract bool Contains(TFact fact);
}

/// <summary>What sets of a kind can do with each other.</summary>
/// <typeparam name="TFact">What a flow is compared by.</typeparam>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IValueSet<TFact, TSelf>
    where TSelf : IValueSet<TFact, TSelf>
{
    /// <summary>Whether every fact that <paramref name="other"/> contains is in this set as well.</summary>
    bool Covers(TSelf other);

    /// <summary>Finds, for a fact, those of many rules whose sets contain it; null when such sets cannot be searched together.</summary>
    /// <param name="sets">The rules that have one.</param>
    /// <param name="rules">The number of all rules.</param>
    static virtual IValueIndex<TFact>? CreateIndex(IReadOnlyList<(int Rule, TSelf Set)> sets, int rules) => null;
}

/// <summary>The values of many rules, searched together.</summary>
internal interface IValueIndex<TFact>
{
    /// <summary>Marks all rules whose set contains the fact; others may be marked as well.</summary>
    void Mark(TFact fact, ref RuleMarks marks);
}

/// <summary>Takes configured values one by one.</summary>
internal interface ISetBuilder<out TSet>
{
    /// <summary>How many were taken.</summary>
    int Count { get; }

    /// <summary>Takes a value; false when it is not understood.</summary>
    bool TryAdd(ReadOnlySpan<char> text, out ValueError error);

    /// <summary>The set of all that were taken.</summary>
    TSet Build();
}
