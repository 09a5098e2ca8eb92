namespace Calamary.Core.Names;

/// <summary>Remembers outcomes until they expire; when full, the one that was not used for longest goes. Any thread.</summary>
/// <param name="capacity">How many names; 0 for none.</param>
/// <param name="time">Tells when an outcome expires.</param>
internal sealed class NameCache(int capacity, TimeProvider time)
{
    /// <summary>An outcome is kept at least this long, whatever its TTL: one page asks for a name many times.</summary>
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(1);

    /// <summary>An outcome is kept at most this long.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>How many outcomes are held, expired ones included.</summary>
    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    /// <summary>The outcome for a name, with the time that is left to it.</summary>
    public bool TryGet(string name, out NameResult result)
    {
        result = default;
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_entries.TryGetValue(name, out var node)) return false;
            if (node.Value.Expires <= now)
            {
                Remove(node);
                return false;
            }
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            result = node.Value.Result with { Ttl = time.GetElapsedTime(now, node.Value.Expires) };
            return true;
        }
    }

    /// <summary>Keeps an outcome for its TTL, at least <see cref="MinTtl"/> and at most <see cref="MaxTtl"/>.</summary>
    public void Set(string name, NameResult result)
    {
        if (capacity == 0) return;
        var seconds = Math.Clamp(result.Ttl.TotalSeconds, MinTtl.TotalSeconds, MaxTtl.TotalSeconds);
        var entry = new Entry(name, result, time.GetTimestamp() + (long)(seconds * time.TimestampFrequency));
        lock (_gate)
        {
            if (_entries.TryGetValue(name, out var known)) Remove(known);
            if (_entries.Count >= capacity) Remove(_byUse.Last!);
            _entries[name] = _byUse.AddFirst(entry);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Name);
        _byUse.Remove(node);
    }

    private sealed record Entry(string Name, NameResult Result, long Expires);
}
