namespace Calamary.Core.Observability;

/// <summary>Flows by protocol, for one thread to count and any thread to read. There is no central list of protocols, so that each
/// one gets its counter when it is first seen; their number is bounded by the parsers in the program.</summary>
internal sealed class ProtocolCounters
{
    private Entry[] _entries = [new(ProtocolId.Unknown)];

    /// <summary>The protocols seen, with their counts; any thread.</summary>
    public IEnumerable<(ProtocolId Protocol, long Count)> Read()
    {
        foreach (var entry in Volatile.Read(ref _entries)) yield return (entry.Protocol, entry.Counter[0]);
    }

    /// <summary>Counts a flow; the owning thread only.</summary>
    public void Add(ProtocolId protocol)
    {
        foreach (var entry in _entries)
        {
            if (!ReferenceEquals(entry.Protocol, protocol)) continue;
            entry.Counter.Add(0);
            return;
        }
        var added = new Entry(protocol);
        added.Counter.Add(0);
        Volatile.Write(ref _entries, [.. _entries, added]);
    }

    private sealed record Entry(ProtocolId Protocol)
    {
        public CounterBank Counter { get; } = new(1);
    }
}
