using System.Collections.Concurrent;

namespace Calamary.Core.Listening;

/// <summary>How many flows there may be, in all and per source address (SPEC 3 <c>limits</c>). Shared by all reactors.</summary>
internal sealed class FlowLimits
{
    private readonly ConcurrentDictionary<Address, int> _perSource = new();
    private int _flows;

    /// <summary>The number of flows now.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>At most so many flows.</summary>
    public int MaxFlows { get; set; } = int.MaxValue;

    /// <summary>At most so many flows per source address; 0 for any number.</summary>
    public int MaxPerSource { get; set; }

    /// <summary>Counts a flow in; false when it is over a limit.</summary>
    public bool TryEnter(Address source)
    {
        if (Interlocked.Increment(ref _flows) > MaxFlows)
        {
            Interlocked.Decrement(ref _flows);
            return false;
        }
        if (MaxPerSource == 0 || _perSource.AddOrUpdate(source, 1, static (_, count) => count + 1) <= MaxPerSource) return true;
        Leave(source);
        return false;
    }

    /// <summary>Counts a flow out.</summary>
    public void Leave(Address source)
    {
        Interlocked.Decrement(ref _flows);
        // Flows that came before the limit was configured are not in the table.
        while (_perSource.TryGetValue(source, out var count))
        {
            if (count > 1 ? _perSource.TryUpdate(source, count - 1, count) : _perSource.TryRemove(new(source, count))) return;
        }
    }
}
