using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Replay;

/// <summary>One direction of a TCP flow.</summary>
/// <param name="limit">Only so many first bytes are kept.</param>
internal sealed class TcpStream(int limit)
{
    // No window is larger (RFC 7323 §2.3). Behind it, numbers come again.
    private const int MaxWindow = 1 << 30;

    private ByteRanges? _data;
    private int? _end;
    private bool _isFirstCertain;
    private bool _isOver;

    /// <summary>The number of the first byte; null until the first packet.</summary>
    public uint? First { get; private set; }

    /// <summary>The bytes from the first one up to the first that is missing.</summary>
    public ReadOnlySpan<byte> Bytes => _data is null ? default : _data.Bytes;

    /// <summary>Whether any byte of it was seen, in order or not.</summary>
    public bool HasData => _data is not null;

    /// <summary>Whether it has ended, and nothing is missing before the end.</summary>
    public bool IsComplete => _end <= Bytes.Length;

    public int Held => _data?.Capacity ?? 0;

    /// <summary>Where it begins, or may begin, is known from elsewhere.</summary>
    public void BeginAt(uint first, bool isCertain)
    {
        First ??= first;
        _isFirstCertain |= isCertain;
    }

    /// <summary>Takes a packet. Without its SYN a stream begins with the first packet that has data: probes that keep a connection alive have lower
    /// numbers than what follows.</summary>
    public void Take(in Segment segment)
    {
        var isSyn = segment.IsSyn || segment.IsSynAck;
        if (First is null || (!HasData && (isSyn || !_isFirstCertain))) First = segment.DataSequence;
        _isFirstCertain |= isSyn;
        var offset = (int)(segment.DataSequence - First.Value);
        _isOver |= offset > MaxWindow;
        if (_isOver) return;
        if (!segment.Payload.IsEmpty && offset < limit && offset + segment.Payload.Length > 0)
        {
            _data ??= new ByteRanges(limit);
            _data.Write(offset, segment.Payload);
        }
        if (segment.IsFin) _end ??= offset + segment.Length;
    }

    /// <summary>Nothing of it is needed any more, nor will be.</summary>
    public void Release() => (_data, _isOver) = (null, true);
}
