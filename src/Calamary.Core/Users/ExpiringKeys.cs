using System.Collections.Concurrent;

namespace Calamary.Core.Users;

/// <summary>Keys that are remembered for a time, at most so many; the oldest go first. Any thread asks, one at a time adds.</summary>
internal sealed class ExpiringKeys(int capacity, TimeSpan lifetime, TimeProvider time)
{
    private readonly ConcurrentDictionary<UInt128, long> _until = new();
    private readonly Queue<(UInt128 Key, long Until)> _order = new();
    private readonly long _lifetime = (long)(lifetime.TotalSeconds * time.TimestampFrequency);

    public bool Contains(UInt128 key) => _until.TryGetValue(key, out var until) && time.GetTimestamp() < until;

    public void Add(UInt128 key)
    {
        var now = time.GetTimestamp();
        while (_order.TryPeek(out var oldest) && (oldest.Until <= now || _order.Count >= capacity))
        {
            _order.Dequeue();
            _until.TryRemove(new(oldest.Key, oldest.Until));
        }
        _until[key] = now + _lifetime;
        _order.Enqueue((key, now + _lifetime));
    }
}
