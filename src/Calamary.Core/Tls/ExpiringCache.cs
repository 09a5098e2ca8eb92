namespace Calamary.Core.Tls;

/// <summary>Remembers values for a time each, at most so many; when full, the one that was not used for longest goes. Any thread.</summary>
internal sealed class ExpiringCache<TKey, TValue>(int capacity, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>How many values are held, expired ones included.</summary>
    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    public bool TryGet(TKey key, out TValue? value)
    {
        lock (_gate)
        {
            value = default;
            if (!_entries.TryGetValue(key, out var node)) return false;
            _byUse.Remove(node);
            if (node.Value.Expires <= time.GetUtcNow())
            {
                _entries.Remove(key);
                return false;
            }
            _byUse.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    public void Set(TKey key, TValue value, DateTimeOffset expires)
    {
        lock (_gate)
        {
            if (_entries.Remove(key, out var known)) _byUse.Remove(known);
            if (_entries.Count >= capacity && _byUse.Last is { } oldest)
            {
                _entries.Remove(oldest.Value.Key);
                _byUse.Remove(oldest);
            }
            _entries[key] = _byUse.AddFirst(new Entry(key, value, expires));
        }
    }

    private sealed record Entry(TKey Key, TValue Value, DateTimeOffset Expires);
}
