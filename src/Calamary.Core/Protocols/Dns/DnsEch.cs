using System.Buffers;
using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Dns;

/// <summary>Takes the configurations of Encrypted Client Hello (SvcParam <c>ech</c>, RFC 9848) out of SVCB and HTTPS records (RFC 9460), so
/// that clients say in the clear which name they want.</summary>
public static class DnsEch
{
    private const int AuthenticDataFlag = 0x20;
    private const int CutsOnStack = 32;

    /// <summary>Strips a message in place: the parameter, its mention among the mandatory ones, and the AD flag, which would vouch for data
    /// that are no longer the signed ones. Signatures stay as they are and no longer fit. A message without ECH costs one walk over its
    /// records and is not written to; nothing is allocated. Never throws.</summary>
    /// <param name="message">A whole message, without the length that TCP has in front.</param>
    /// <param name="length">How long the message is now; 0 when Malformed.</param>
    public static DnsEchOutcome Strip(Span<byte> message, out int length)
    {
        length = 0;
        if (!TryCount(message, out var header, out var found)) return DnsEchOutcome.Malformed;
        if (found == 0)
        {
            length = message.Length;
            return DnsEchOutcome.Unchanged;
        }

        int[]? rented = null;
        var room = DnsCuts.RoomFor(found);
        var cuts = new DnsCuts(found <= CutsOnStack ? stackalloc int[DnsCuts.RoomFor(CutsOnStack)] : rented = ArrayPool<int>.Shared.Rent(room));
        var edited = TryEdit(message, header, ref cuts);
        if (edited) length = cuts.Apply(message);
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
        if (!edited) return DnsEchOutcome.Malformed;
        message[3] &= unchecked((byte)~AuthenticDataFlag);
        return DnsEchOutcome.Stripped;
    }

    /// <summary>Reads without writing; most messages have nothing to strip.</summary>
    private static bool TryCount(ReadOnlySpan<byte> message, out DnsHeader header, out int found)
    {
        found = 0;
        if (!DnsHeader.TryRead(message, out header)) return false;
        var reader = new DnsRecordReader(message, DnsHeader.Length);
        if (!reader.TrySkipQuestions(header.Questions)) return false;
        for (var left = header.Records; left > 0; left--)
        {
            if (!reader.TryRead(out var record)) return false;
            if (!HasServiceParameters(record)) continue;
            if (!ServiceParameters.TryCountEch(message[..record.End], record.Data, out var cuts)) return false;
            found += cuts;
        }
        return true;
    }

    /// <summary>Notes what to cut and corrects lengths and pointers where they are. A pointer points backwards, so that all cuts in front of
    /// its target are known by then.</summary>
    private static bool TryEdit(Span<byte> message, in DnsHeader header, ref DnsCuts cuts)
    {
        var reader = new DnsRecordReader(message, DnsHeader.Length);
        if (!reader.TrySkipQuestions(header.Questions)) return false;
        for (var left = header.Records; left > 0; left--)
        {
            var start = reader.Position;
            if (!reader.TryRead(out var record)) return false;
            if (record.OwnerPointer >= 0 && !TryMovePointer(message, record.OwnerPointer, start, cuts)) return false;
            if (!TryMoveNames(message, record, cuts)) return false;
            if (!HasServiceParameters(record)) continue;
            var removed = ServiceParameters.CutEch(message[..record.End], record.Data, ref cuts);
            BinaryPrimitives.WriteUInt16BigEndian(message[(record.Data - 2)..], (ushort)(record.DataLength - removed));
        }
        return true;
    }

    // Without data it is what an UPDATE deletes (RFC 2136 §2.5.2).
    private static bool HasServiceParameters(in DnsRecord record) => record is { Type: DnsType.Svcb or DnsType.Https, DataLength: > 0 };

    private static bool TryMoveNames(Span<byte> message, in DnsRecord record, in DnsCuts cuts)
    {
        if (record.DataLength == 0) return true;
        var data = message[..record.End];
        if (!DnsDataNames.TryFind(data, record, out var at, out var count)) return false;
        for (; count > 0; count--)
        {
            var start = at;
            if (!DnsName.TrySkip(data, ref at, out var pointer)) return false;
            if (pointer >= 0 && !TryMovePointer(message, pointer, start, cuts)) return false;
        }
        return true;
    }

    private static bool TryMovePointer(Span<byte> message, int pointer, int nameStart, in DnsCuts cuts)
    {
        var place = message.Slice(pointer, 2);
        var target = BinaryPrimitives.ReadUInt16BigEndian(place) & 0x3FFF;
        if (target < DnsHeader.Length || target >= nameStart || !cuts.TryMove(target, out var moved)) return false;
        BinaryPrimitives.WriteUInt16BigEndian(place, (ushort)(0xC000 | moved));
        return true;
    }
}
