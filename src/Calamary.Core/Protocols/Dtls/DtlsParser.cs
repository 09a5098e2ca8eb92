using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Dtls;

/// <summary>Identifies DTLS by the record of a ClientHello, or of a fragment of one, in the first datagram (RFC 6347 §4.1, §4.2). Of the hello no
/// facts are kept: names and versions are for TLS and QUIC.</summary>
public sealed class DtlsParser : IDatagramParser
{
    private const byte HandshakeType = 22;
    private const byte ClientHelloType = 1;
    private const byte Major = 0xFE;
    private const byte Version10 = 0xFF;
    private const byte Version12 = 0xFD;
    private const int MaxHelloLength = 1 << 17;

    /// <inheritdoc/>
    public ProtocolId Protocol => DtlsProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, ref FlowFacts facts)
    {
        var reader = new WireReader(datagrams[0].Span);
        if (!IsHandshake(ref reader)) return ParseResult.NoMatch;
        if (!reader.TryReadVector16(out var record)) return ParseResult.Malformed(DtlsErrors.RecordLength);
        if (record.IsEmpty || record[0] != ClientHelloType) return ParseResult.NoMatch;
        var fault = CheckHandshake(record) ?? CheckRest(reader);
        if (fault is not null) return ParseResult.Malformed(fault);
        facts.Protocol = DtlsProtocol.Id;
        return ParseResult.Done(1);
    }

    /// <summary>Reads type, version, epoch and sequence number. A client's first records are in epoch 0 and numbered from 0; 65,536 of them are
    /// more than it will ever repeat.</summary>
    private static bool IsHandshake(ref WireReader reader) =>
        reader.TryRead(11, out var header) && header[0] == HandshakeType && header[1] == Major && header[2] is Version10 or Version12
        && !header[3..9].ContainsAnyExcept((byte)0);

    private static string? CheckHandshake(ReadOnlySpan<byte> record)
    {
        var reader = new WireReader(record[1..]);
        if (!TryReadUInt24(ref reader, out var length) || !reader.TryReadUInt16(out var number)
            || !TryReadUInt24(ref reader, out var offset) || !TryReadUInt24(ref reader, out var size))
            return DtlsErrors.Fragment;
        if (length is < DtlsHello.MinLength or > MaxHelloLength) return DtlsErrors.HelloLength;
        // The second hello, with the cookie, has number 1 (RFC 6347 §4.2.2).
        if (number > 1 || size == 0 || size != reader.Rest.Length || offset + size > length) return DtlsErrors.Fragment;
        return offset > 0 || DtlsHello.IsPlausible(reader.Rest, size == length) ? null : DtlsErrors.Hello;
    }

    // More fragments may be in the same datagram.
    private static string? CheckRest(WireReader reader)
    {
        while (!reader.IsEmpty)
        {
            if (!IsHandshake(ref reader) || !reader.TryReadVector16(out _)) return DtlsErrors.Trailing;
        }
        return null;
    }

    private static bool TryReadUInt24(ref WireReader reader, out int value)
    {
        var read = reader.TryRead(3, out var bytes);
        value = read ? bytes[0] << 16 | bytes[1] << 8 | bytes[2] : 0;
        return read;
    }
}
