namespace Calamary.Inspection.Captures;

/// <summary>Reads pcap files (draft-ietf-opsawg-pcap).</summary>
internal sealed class PcapReader : ICaptureReader
{
    private readonly ByteSource _source;
    private readonly PcapFormat _format;
    private readonly ByteOrder _order;
    private long _count;

    /// <param name="source">At the file's header.</param>
    /// <param name="format">What that says.</param>
    public PcapReader(ByteSource source, PcapFormat format)
    {
        (_source, _format, _order) = (source, format, new ByteOrder(format.IsBigEndian));
        source.Skip(PcapFormat.HeaderLength);
    }

    /// <inheritdoc/>
    public CaptureFault? Fault { get; private set; }

    /// <inheritdoc/>
    public bool TryRead(out CapturedFrame frame)
    {
        frame = default;
        if (Fault is not null) return false;
        var header = _source.Take(_format.RecordLength);
        if (header.Length < _format.RecordLength)
        {
            if (!header.IsEmpty || _source.Failure is not null) Fault = CaptureFault.Cut(_source, $"packet {_count + 1}");
            return false;
        }
        _count++;
        var (captured, original) = (_order.ReadUInt32(header[8..]), _order.ReadUInt32(header[12..]));
        if (_format.Minor < 3 || (_format.Minor == 3 && captured > original)) captured = original;
        if (captured > ByteSource.MaxPiece)
        {
            Fault = CaptureFault.Broken($"packet {_count} has an impossible length");
            return false;
        }
        var data = _source.Take((int)captured);
        if (data.Length < captured) Fault = CaptureFault.Cut(_source, $"packet {_count}");
        // Of a packet that the file cuts, what is there counts as of one that the capturing program has cut.
        frame = new CapturedFrame(_format.LinkType, data);
        return true;
    }
}
