using System.Collections.Concurrent;

namespace Calamary.Core.Listening;

/// <summary>How many flows there may be, in all and per source address (SPEC 3 <c>limits</c>). Shared by all reactors.</summary>
internal sealed class FlowLimits
{
    private readonly ConcurrentDictionary<Address, int> _perSource = new();
    private int _flows;
    private int _datagramFlows;
    private long _lastReport = long.MinValue / 2;

    /// <summary>The number of flows now.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>At most so many flows.</summary>
    public int MaxFlows { get; set; } = int.MaxValue;

    /// <summary>At most so many flows per source address; 0 for any number.</summary>
    public int MaxPerSource { get; set; }

    /// <summary>UDP flows, of them: anybody can make many by forged addresses, and a quarter stays for connections.</summary>
    private int MaxDatagramFlows => MaxFlows - MaxFlows / 4;

    /// <summary>Counts a flow in; false when there are too many.</summary>
    public bool TryEnter(TransportProtocol transport)
    {
        var isUdp = transport == TransportProtocol.Udp;
        if (isUdp && Interlocked.Increment(ref _datagramFlows) > MaxDatagramFlows)
        {
            Interlocked.Decrement(ref _datagramFlows);
            return false;
        }
        if (Interlocked.Increment(ref _flows) <= MaxFlows) return true;
        Interlocked.Decrement(ref _flows);
        if (isUdp) Interlocked.Decrement(ref _datagramFlows);
        return false;
    }

    /// <summary>Counts a flow for its source; false when that has too many.</summary>
    public bool TryCountSource(Flow flow)
    {
        if (MaxPerSource == 0) return true;
        var source = flow.Facts.Source.Address;
        flow.CountedSource = source;
        return _perSource.AddOrUpdate(source, 1, static (_, count) => count + 1) <= MaxPerSource;
    }

    /// <summary>Whether refusing is worth a line in the log now: once in 10 s, or a flood would flood the log as well.</summary>
    public bool ShouldReport(long nowMilliseconds)
    {
        var last = Volatile.Read(ref _lastReport);
        return nowMilliseconds - last >= 10_000 && Interlocked.CompareExchange(ref _lastReport, nowMilliseconds, last) == last;
    }

    /// <summary>Counts a flow out that was counted in.</summary>
    public void Leave(Flow flow)
    {
        Interlocked.Decrement(ref _flows);
        if (flow.Facts.Transport == TransportProtocol.Udp) Interlocked.Decrement(ref _datagramFlows);
        // Flows that came before the limit was configured are not in the table.
        while (flow.CountedSource is { } source && _perSource.TryGetValue(source, out var count))
        {
            if (count > 1 ? _perSource.TryUpdate(source, count - 1, count) : _perSource.TryRemove(new(source, count))) return;
        }
    }
}
