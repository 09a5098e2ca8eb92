namespace Calamary.Core.Protocols.Http2;

/// <summary>What one side has announced for the table of its decoder, and from when on it holds (RFC 9113 §4.3.1, §6.5.3).</summary>
internal sealed class TableSizes
{
    /// <summary>The most changes that may wait for their acknowledgement.</summary>
    private const int MaxPending = 16;

    private readonly Queue<(long Frame, int Lowest, int Last)> _pending = new();
    private long _announced;
    private long _acknowledged;
    private int _current = HpackDecoder.DefaultTableSize;

    /// <summary>The largest table that the other side's encoder may use by now.</summary>
    public int Limit
    {
        get
        {
            var limit = _current;
            foreach (var (_, _, last) in _pending) limit = Math.Max(limit, last);
            return limit;
        }
    }

    /// <summary>A SETTINGS frame goes to the other side.</summary>
    /// <param name="lowest">The smallest table size in it; null for none.</param>
    /// <param name="last">The last one.</param>
    /// <returns>False when too many wait.</returns>
    public bool Announce(int? lowest, int last)
    {
        _announced++;
        if (lowest is not { } size) return true;
        _pending.Enqueue((_announced, size, last));
        return _pending.Count <= MaxPending;
    }

    /// <summary>The other side has acknowledged a SETTINGS frame. Returns the size that it had to come down to; null if it had not.</summary>
    public int? Acknowledge()
    {
        if (_acknowledged == _announced) return null;
        _acknowledged++;
        if (!_pending.TryPeek(out var change) || change.Frame != _acknowledged) return null;
        _pending.Dequeue();
        var reduced = change.Lowest < _current ? change.Lowest : (int?)null;
        _current = change.Last;
        return reduced;
    }
}
