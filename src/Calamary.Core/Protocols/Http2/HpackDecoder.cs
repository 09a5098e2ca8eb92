namespace Calamary.Core.Protocols.Http2;

/// <summary>Decodes the field blocks of one direction (RFC 7541). What it does not decode in full leaves it useless: the connection ends.</summary>
internal sealed class HpackDecoder
{
    private readonly DynamicTable _table = new();

    /// <summary>The table's size until a setting changes it (RFC 9113 §6.5.2).</summary>
    public const int DefaultTableSize = 4096;

    /// <summary>The largest table that an update may ask for.</summary>
    public int MaxTableSize { get; set; } = DefaultTableSize;

    /// <summary>The table was reduced to this: the next block has to say so first (RFC 9113 §4.3.1). Null for nothing to say.</summary>
    public int? DueSize { get; set; }

    /// <summary>The table, for tests.</summary>
    public DynamicTable Table => _table;

    public HpackStatus Decode(ReadOnlySpan<byte> block, FieldList fields)
    {
        fields.Clear();
        var mayUpdate = true;
        for (var at = 0; at < block.Length;)
        {
            var first = block[at];
            if ((first & 0xE0) == 0x20)
            {
                if (!mayUpdate || !TryUpdate(block, ref at)) return HpackStatus.Malformed;
                continue;
            }
            if (DueSize is not null) return HpackStatus.Malformed;
            mayUpdate = false;
            var status = (first & 0x80) != 0 ? TakeIndexed(block, ref at, fields) : TakeLiteral(block, ref at, fields);
            if (status != HpackStatus.Done) return status;
        }
        return HpackStatus.Done;
    }

    private bool TryUpdate(ReadOnlySpan<byte> block, ref int at)
    {
        if (!HpackInteger.TryRead(block, ref at, 5, out var size) || size > MaxTableSize || size > (DueSize ?? int.MaxValue)) return false;
        DueSize = null;
        _table.Resize(size);
        return true;
    }

    private HpackStatus TakeIndexed(ReadOnlySpan<byte> block, ref int at, FieldList fields)
    {
        if (!HpackInteger.TryRead(block, ref at, 7, out var index) || !IsKnown(index)) return HpackStatus.Malformed;
        return fields.Add(NameAt(index), ValueAt(index)) ? HpackStatus.Done : HpackStatus.TooLarge;
    }

    private HpackStatus TakeLiteral(ReadOnlySpan<byte> block, ref int at, FieldList fields)
    {
        var indexing = (block[at] & 0x40) != 0;
        var neverIndexed = (block[at] & 0xF0) == 0x10;
        if (!HpackInteger.TryRead(block, ref at, indexing ? 6 : 4, out var index)) return HpackStatus.Malformed;
        if (index != 0)
        {
            if (!IsKnown(index)) return HpackStatus.Malformed;
            if (!fields.TryAppend(NameAt(index))) return HpackStatus.TooLarge;
        }
        else if (TakeString(block, ref at, fields) is var name && name != HpackStatus.Done) return name;
        fields.EndName();
        if (TakeString(block, ref at, fields) is var value && value != HpackStatus.Done) return value;
        if (!fields.EndField(neverIndexed)) return HpackStatus.TooLarge;
        if (indexing) _table.Add(fields.Name(fields.Count - 1), fields.Value(fields.Count - 1));
        return HpackStatus.Done;
    }

    private static HpackStatus TakeString(ReadOnlySpan<byte> block, ref int at, FieldList fields)
    {
        if (at == block.Length) return HpackStatus.Malformed;
        var isHuffman = (block[at] & 0x80) != 0;
        if (!HpackInteger.TryRead(block, ref at, 7, out var length) || length > block.Length - at) return HpackStatus.Malformed;
        var text = block.Slice(at, length);
        at += length;
        if (!isHuffman) return fields.TryAppend(text) ? HpackStatus.Done : HpackStatus.TooLarge;
        // Five bits are the shortest code.
        var status = HuffmanCode.Decode(text, fields.Room(length * 8 / 5), out var decoded);
        fields.Advance(decoded);
        return status;
    }

    private bool IsKnown(int index) => index > 0 && index <= StaticTable.Count + _table.Count;

    private ReadOnlySpan<byte> NameAt(int index) =>
        index <= StaticTable.Count ? StaticTable.Name(index) : _table.Name(index - StaticTable.Count - 1);

    private ReadOnlySpan<byte> ValueAt(int index) =>
        index <= StaticTable.Count ? StaticTable.Value(index) : _table.Value(index - StaticTable.Count - 1);
}
