namespace Calamary.Core.Observability;

/// <summary>Counters that one thread adds to and any thread reads. An addition is a plain one; the padding keeps the neighbours on
/// the heap off their cache lines.</summary>
internal sealed class CounterBank(int count)
{
    private const int Padding = 128 / sizeof(long);
    private readonly long[] _cells = new long[count + 2 * Padding];

    /// <summary>The number of counters.</summary>
    public int Count => _cells.Length - 2 * Padding;

    /// <summary>Reads a counter; any thread.</summary>
    public long this[int index] => Volatile.Read(ref _cells[Padding + index]);

    /// <summary>Adds to a counter; the owning thread only.</summary>
    public void Add(int index, long amount = 1)
    {
        ref var cell = ref _cells[Padding + index];
        Volatile.Write(ref cell, cell + amount);
    }
}
