using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Dns;

/// <summary>Walks the records of a message, all sections as one.</summary>
internal ref struct DnsRecordReader(ReadOnlySpan<byte> message, int at)
{
    // Type, class, TTL, length of the data.
    private const int FixedLength = 10;

    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next record begins.</summary>
    public int Position { get; private set; } = at;

    /// <summary>Moves over the questions, which have no data.</summary>
    public bool TrySkipQuestions(int count)
    {
        for (var at = Position; count > 0; count--)
        {
            if (!DnsName.TrySkip(_message, ref at, out _) || (at += 4) > _message.Length) return false;
            Position = at;
        }
        return true;
    }

    /// <summary>Reads one record. False when it is cut off.</summary>
    public bool TryRead(out DnsRecord record)
    {
        record = default;
        var at = Position;
        if (!DnsName.TrySkip(_message, ref at, out var pointer) || _message.Length - at < FixedLength) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(_message[(at + 8)..]);
        record = new DnsRecord(BinaryPrimitives.ReadUInt16BigEndian(_message[at..]), pointer, at + FixedLength, length);
        if (record.End > _message.Length) return false;
        Position = record.End;
        return true;
    }
}
