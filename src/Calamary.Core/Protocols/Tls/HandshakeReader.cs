using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Tls;

/// <summary>Walks plaintext handshake records (RFC 8446 §5.1) and hands out the bytes of the handshake message in them,
/// wherever the records are cut.</summary>
internal ref struct HandshakeReader(ReadOnlySpan<byte> input)
{
    public const int RecordHeaderLength = 5;
    public const int MaxRecordLength = 1 << 14;
    public const byte HandshakeType = 22;
    public const byte MajorVersion = 3;
    private const int MaxEmptyRecords = 64;

    private readonly ReadOnlySpan<byte> _input = input;
    private int _recordRest;
    private int _emptyRecords;

    /// <summary>How many bytes of input were used.</summary>
    public int Position { get; private set; }

    /// <summary>How many more bytes of input it takes at least to deliver <paramref name="count"/> handshake bytes.</summary>
    public readonly int LeastInput(int count)
    {
        var beyond = Math.Max(0, count - _recordRest);
        return count + (beyond + MaxRecordLength - 1) / MaxRecordLength * RecordHeaderLength;
    }

    /// <summary>Takes up to <paramref name="count"/> handshake bytes that lie together; none when the input is used up.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="part">The bytes.</param>
    /// <returns>What is wrong with the next record, or null.</returns>
    public string? Read(int count, out ReadOnlySpan<byte> part)
    {
        part = default;
        while (_recordRest == 0)
        {
            var before = Position;
            var fault = ReadHeader();
            if (fault is not null || Position == before) return fault;
        }
        count = Math.Min(count, Math.Min(_recordRest, _input.Length - Position));
        part = _input.Slice(Position, count);
        Position += count;
        _recordRest -= count;
        return null;
    }

    private string? ReadHeader()
    {
        var rest = _input[Position..];
        if (rest.Length > 0 && rest[0] != HandshakeType) return TlsErrors.RecordType;
        // The minor version is not to be looked at (RFC 8446 §5.1).
        if (rest.Length > 1 && rest[1] != MajorVersion) return TlsErrors.RecordVersion;
        if (rest.Length < RecordHeaderLength) return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
        // RFC 8446 §5.1 forbids empty fragments of handshake messages, but servers take some: they must not hide a hello.
        if (length > MaxRecordLength || (length == 0 && ++_emptyRecords > MaxEmptyRecords)) return TlsErrors.RecordLength;
        _recordRest = length;
        Position += RecordHeaderLength;
        return null;
    }
}
