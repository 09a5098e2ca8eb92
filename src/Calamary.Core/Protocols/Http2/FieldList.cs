namespace Calamary.Core.Protocols.Http2;

/// <summary>The fields of one block, decoded. It is used again for the next one.</summary>
internal sealed class FieldList
{
    /// <summary>The most that a list may be, counted as SETTINGS_MAX_HEADER_LIST_SIZE does (RFC 9113 §6.5.2).</summary>
    public const int MaxSize = 128 * 1024;

    /// <summary>The most fields.</summary>
    public const int MaxCount = 1000;

    private Entry[] _entries = new Entry[64];
    private byte[] _bytes = new byte[4096];
    private int _end;
    private int _nameEnd;

    public int Count { get; private set; }

    private int Size => _end + Count * DynamicTable.EntryOverhead;

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_entries[index].Start, _entries[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) =>
        _bytes.AsSpan(_entries[index].Start + _entries[index].NameLength, _entries[index].ValueLength);

    /// <summary>Whether no compression may ever have it in a table (RFC 7541 §6.2.3).</summary>
    public bool IsNeverIndexed(int index) => _entries[index].NeverIndexed;

    public void Clear() => (Count, _end) = (0, 0);

    public bool Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool neverIndexed = false)
    {
        if (!TryAppend(name)) return false;
        EndName();
        return TryAppend(value) && EndField(neverIndexed);
    }

    /// <summary>Room for so many bytes of a name or value in the making; less when they would be too many.</summary>
    public Span<byte> Room(int length)
    {
        length = Math.Min(length, MaxSize - _end);
        if (_bytes.Length - _end < length) Array.Resize(ref _bytes, Math.Clamp(_bytes.Length * 2, _end + length, MaxSize));
        return _bytes.AsSpan(_end, length);
    }

    /// <summary>So many bytes of the room are taken.</summary>
    public void Advance(int length) => _end += length;

    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        var room = Room(text.Length);
        if (room.Length < text.Length) return false;
        text.CopyTo(room);
        Advance(text.Length);
        return true;
    }

    /// <summary>What was appended so far is the name.</summary>
    public void EndName() => _nameEnd = _end;

    /// <summary>What was appended since is the value. False when the list is too large now.</summary>
    public bool EndField(bool neverIndexed)
    {
        var start = Count == 0 ? 0 : _entries[Count - 1].End;
        if (Count == MaxCount) return false;
        if (Count == _entries.Length) Array.Resize(ref _entries, Math.Min(Count * 2, MaxCount));
        _entries[Count++] = new Entry(start, _nameEnd - start, _end - _nameEnd, neverIndexed);
        return Size <= MaxSize;
    }

    private readonly record struct Entry(int Start, int NameLength, int ValueLength, bool NeverIndexed)
    {
        public int End => Start + NameLength + ValueLength;
    }
}
