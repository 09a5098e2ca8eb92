namespace Calamary.Inspection.Captures;

/// <summary>Bytes that come in pieces, in any order and perhaps twice. What came first stays.</summary>
/// <param name="limit">Only so many first bytes are kept.</param>
internal sealed class ByteRanges(int limit)
{
    // Ranges behind the first hole, by their start. With more holes than this, only what fills the first one is taken.
    private const int MaxRanges = 1024;

    private readonly List<(int Start, int End)> _ranges = [];
    private byte[] _bytes = [];

    /// <summary>The bytes from the first one up to the first hole.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>How many there are up to the first hole.</summary>
    public int Length { get; private set; }

    /// <summary>What it takes in memory.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Takes a piece. Parts of it that lie before the first byte or beyond the limit are left out.</summary>
    public void Write(long offset, ReadOnlySpan<byte> piece)
    {
        if (offset < 0)
        {
            if (offset + piece.Length <= 0) return;
            piece = piece[(int)-offset..];
            offset = 0;
        }
        if (offset >= limit || piece.IsEmpty) return;
        var start = (int)offset;
        var end = (int)Math.Min(limit, offset + piece.Length);
        Reserve(end);
        if (start <= Length) Append(piece, start, end);
        else Insert(piece, start, end);
    }

    private void Append(ReadOnlySpan<byte> piece, int start, int end)
    {
        while (Length < end || (_ranges.Count > 0 && _ranges[0].Start <= Length))
        {
            var next = _ranges.Count > 0 ? _ranges[0].Start : int.MaxValue;
            if (next <= Length)
            {
                Length = Math.Max(Length, _ranges[0].End);
                _ranges.RemoveAt(0);
                continue;
            }
            var stop = Math.Min(end, next);
            piece[(Length - start)..(stop - start)].CopyTo(_bytes.AsSpan(Length));
            Length = stop;
        }
    }

    private void Insert(ReadOnlySpan<byte> piece, int start, int end)
    {
        // The ranges that it touches become one with it; only the holes between them are written.
        var first = 0;
        while (first < _ranges.Count && _ranges[first].End < start) first++;
        var (at, last, from, to) = (start, first, start, end);
        for (; last < _ranges.Count && _ranges[last].Start <= end; last++)
        {
            var range = _ranges[last];
            if (range.Start > at) piece[(at - start)..(range.Start - start)].CopyTo(_bytes.AsSpan(at));
            (at, from, to) = (Math.Max(at, range.End), Math.Min(from, range.Start), Math.Max(to, range.End));
        }
        if (last == first && _ranges.Count == MaxRanges) return;
        if (at < end) piece[(at - start)..(end - start)].CopyTo(_bytes.AsSpan(at));
        _ranges.RemoveRange(first, last - first);
        _ranges.Insert(first, (from, to));
    }

    private void Reserve(int length)
    {
        if (_bytes.Length < length) Array.Resize(ref _bytes, Math.Min(limit, Math.Max(length, _bytes.Length * 2)));
    }
}
