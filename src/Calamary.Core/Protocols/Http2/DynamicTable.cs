namespace Calamary.Core.Protocols.Http2;

/// <summary>The dynamic table of a decoder (RFC 7541 §2.3.2, §4). Its memory grows with what is in it, to twice its size at most.</summary>
internal sealed class DynamicTable
{
    /// <summary>What an entry counts beside its bytes (RFC 7541 §4.1).</summary>
    public const int EntryOverhead = 32;

    private Entry[] _entries = [];
    private byte[] _bytes = [];
    private int _first;
    private int _end;

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>The size as it is counted.</summary>
    public int Size { get; private set; }

    /// <summary>The most that <see cref="Size"/> may be.</summary>
    public int MaxSize { get; private set; } = 4096;

    /// <summary>The name of an entry; 0 is the newest.</summary>
    public ReadOnlySpan<byte> Name(int index)
    {
        ref readonly var entry = ref At(Count - 1 - index);
        return _bytes.AsSpan(entry.Start, entry.NameLength);
    }

    /// <summary>The value of an entry; 0 is the newest.</summary>
    public ReadOnlySpan<byte> Value(int index)
    {
        ref readonly var entry = ref At(Count - 1 - index);
        return _bytes.AsSpan(entry.Start + entry.NameLength, entry.ValueLength);
    }

    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    /// <summary>Adds an entry. One that is larger than the table empties it, which is no error (RFC 7541 §4.4).</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = name.Length + value.Length;
        Evict(Math.Max(0, MaxSize - length - EntryOverhead));
        if (length + EntryOverhead > MaxSize) return;
        MakeRoom(length);
        name.CopyTo(_bytes.AsSpan(_end));
        value.CopyTo(_bytes.AsSpan(_end + name.Length));
        At(Count++) = new Entry(_end, name.Length, value.Length);
        _end += length;
        Size += length + EntryOverhead;
    }

    /// <summary>An entry; 0 is the oldest.</summary>
    private ref Entry At(int age) => ref _entries[(_first + age) & (_entries.Length - 1)];

    private void Evict(int maxSize)
    {
        while (Size > maxSize)
        {
            Size -= At(0).Length + EntryOverhead;
            _first++;
            Count--;
        }
        if (Count == 0) (_first, _end) = (0, 0);
    }

    private void MakeRoom(int length)
    {
        if (Count == _entries.Length)
        {
            var larger = new Entry[Math.Max(16, Count * 2)];
            for (var i = 0; i < Count; i++) larger[i] = At(i);
            (_entries, _first) = (larger, 0);
        }
        if (_bytes.Length - _end >= length) return;
        // What is left of the entries moves to the front; with half of it free that is rare.
        var live = Size - Count * EntryOverhead;
        var target = _bytes.Length >= 2 * (live + length) ? _bytes : new byte[Math.Clamp(4 * (live + length), 512, Math.Max(512, 2 * MaxSize))];
        var start = Count > 0 ? At(0).Start : 0;
        _bytes.AsSpan(start, live).CopyTo(target);
        for (var i = 0; i < Count; i++) At(i) = At(i) with { Start = At(i).Start - start };
        (_bytes, _end) = (target, live);
    }

    private readonly record struct Entry(int Start, int NameLength, int ValueLength)
    {
        public int Length => NameLength + ValueLength;
    }
}
