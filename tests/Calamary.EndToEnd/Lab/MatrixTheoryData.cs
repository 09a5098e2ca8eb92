namespace Calamary.EndToEnd.Lab;

/// <summary>Every combination of two lists.</summary>
public sealed class MatrixTheoryData<TFirst, TSecond> : TheoryData<TFirst, TSecond>
{
    public MatrixTheoryData(IReadOnlyList<TFirst> first, IReadOnlyList<TSecond> second)
    {
        foreach (var one in first)
            foreach (var other in second)
                Add(one, other);
    }
}
