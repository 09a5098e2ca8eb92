namespace Calamary.Core.Rules;

/// <summary>Takes a value: its index, its text without <c>!</c>, and whether it had one.</summary>
internal delegate void ValueVisitor(int index, ReadOnlySpan<char> text, bool negated);

/// <summary>The values of one key, variables already replaced; perhaps a million of them, which are not kept as objects.</summary>
internal interface IValueSource
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>Hands over each, in order.</summary>
    void ForEach(ValueVisitor visit);

    /// <summary>Whether a value that is not understood is left out, as in lists that others maintain, and the rest used.</summary>
    bool MaySkip(int index);
}

/// <summary>Values in memory, all of them to be understood.</summary>
internal sealed class ValueArray(IReadOnlyList<CriterionValue> values) : IValueSource
{
    public int Count => values.Count;

    public bool MaySkip(int index) => false;

    public void ForEach(ValueVisitor visit)
    {
        for (var i = 0; i < values.Count; i++) visit(i, values[i].Text, values[i].Negated);
    }
}
