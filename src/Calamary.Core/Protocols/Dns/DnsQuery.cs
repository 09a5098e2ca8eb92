using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Dns;

/// <summary>Reads a query as clients send it. It is strict, so that a flow let through as DNS carries DNS and nothing else: one question,
/// only the records that its kind has, no byte behind them. What a client may set and servers ignore (AA, TC, Z, AD, CD) is free.</summary>
internal static class DnsQuery
{
    /// <summary>A header, the root, type and class.</summary>
    public const int MinLength = DnsHeader.Length + 1 + QuestionTail;

    private const int QuestionTail = 4;

    /// <summary>Whether the first bytes of a message, as many as there are, may begin a query.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> start)
    {
        if (start.Length > 2 && ((start[2] & 0x80) != 0 || !IsKnown((DnsOpcode)(start[2] >> 3 & 0xF)))) return false;
        if (start.Length > 3 && (start[3] & 0xF) != 0) return false;
        // RFC 9619: a query has one question.
        if (start.Length > 4 && start[4] != 0) return false;
        if (start.Length > 5 && start[5] != 1) return false;
        return !DnsHeader.TryRead(start, out var header) || HasUsualCounts(header);
    }

    /// <summary>Reads a whole message. NoMatch when its header is none of a query.</summary>
    public static ParseResult Parse(ReadOnlySpan<byte> message, out DnsQuestion? question)
    {
        question = null;
        if (message.Length < MinLength || !MayBegin(message) || !DnsHeader.TryRead(message, out var header)) return ParseResult.NoMatch;

        // Nothing stands in front that a pointer could point to.
        var nameEnd = DnsHeader.Length;
        if (!DnsName.TrySkip(message, ref nameEnd, out var pointer) || pointer >= 0) return ParseResult.Malformed(DnsErrors.QuestionName);
        if (message.Length - nameEnd < QuestionTail) return ParseResult.Malformed(DnsErrors.Question);
        var name = message[DnsHeader.Length..nameEnd];
        var type = BinaryPrimitives.ReadUInt16BigEndian(message[nameEnd..]);
        var fault = CheckQuestion(header, type, BinaryPrimitives.ReadUInt16BigEndian(message[(nameEnd + 2)..]))
            ?? CheckRecords(message, nameEnd + QuestionTail, header.Records);
        if (fault is not null) return ParseResult.Malformed(fault);
        if (IsNetbios(name, type)) return ParseResult.NoMatch;

        question = new DnsQuestion { Name = DnsName.Normalize(name), Type = type };
        return ParseResult.Done(message.Length);
    }

    private static bool IsKnown(DnsOpcode opcode) => opcode is DnsOpcode.Query or DnsOpcode.Notify or DnsOpcode.Update;

    // IXFR brings the client's SOA along (RFC 1995 §3), NOTIFY may bring the new one (RFC 1996 §3.7), UPDATE has all sections.
    private static bool HasUsualCounts(in DnsHeader header) => header.Opcode switch
    {
        DnsOpcode.Query => header.Answers == 0 && header.Authorities <= 1,
        DnsOpcode.Notify => header.Answers <= 1 && header.Authorities == 0,
        _ => true,
    };

    // IN, CH and HS; NONE and ANY (RFC 6895 §3.2). The high bit is multicast DNS (RFC 6762 §5.4).
    private static string? CheckQuestion(in DnsHeader header, ushort type, ushort @class)
    {
        if (@class is not (1 or 3 or 4 or 254 or 255)) return DnsErrors.QuestionClass;
        if (header.Opcode == DnsOpcode.Update && type != DnsType.Soa) return DnsErrors.UpdateZone;
        return header is { Opcode: DnsOpcode.Query, Authorities: > 0 } && type != DnsType.Ixfr ? DnsErrors.Records : null;
    }

    private static string? CheckRecords(ReadOnlySpan<byte> message, int at, int count)
    {
        var reader = new DnsRecordReader(message, at);
        for (var opts = 0; count > 0; count--)
        {
            if (!reader.TryRead(out var record)) return DnsErrors.Records;
            // RFC 6891 §6.1.1: servers answer FORMERR.
            if (record.Type == DnsType.Opt && ++opts > 1) return DnsErrors.SecondOpt;
        }
        return reader.Position == message.Length ? null : DnsErrors.Trailing;
    }

    // The NetBIOS name service has this very format (RFC 1002 §4.2.1): its names are one label of 32 letters A to P. With a scope behind
    // it, it cannot be told from a DNS name and is taken for one.
    private static bool IsNetbios(ReadOnlySpan<byte> name, ushort type) =>
        type is DnsType.Netbios or DnsType.Srv && name.Length == 34 && name[0] == 32 && !name[1..33].ContainsAnyExceptInRange((byte)'A', (byte)'P');
}
