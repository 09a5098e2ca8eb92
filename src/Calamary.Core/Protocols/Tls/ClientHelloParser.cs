using System.Buffers;

namespace Calamary.Core.Protocols.Tls;

/// <summary>Identifies TLS by its ClientHello (RFC 8446 §4.1.2), however it is cut into records (§5.1).</summary>
public sealed class ClientHelloParser : IProtocolParser
{
    private const byte ClientHelloType = 1;
    private const int HandshakeHeaderLength = 4;
    private const int MaxStackLength = 4096;

    /// <inheritdoc/>
    public ProtocolId Protocol => TlsProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (!StartsLikeTls(input)) return ParseResult.NoMatch;
        var reader = new HandshakeReader(input);
        var length = 0;
        for (var got = 0; got < HandshakeHeaderLength; got++)
        {
            var fault = reader.Read(1, out var part);
            if (fault is not null) return ParseResult.Malformed(fault);
            if (part.IsEmpty) return NeedMore(reader, input, 1);
            if (got == 0 && part[0] != ClientHelloType) return ParseResult.NoMatch;
            if (got > 0) length = length << 8 | part[0];
        }
        if (length is < ClientHello.MinLength or > ClientHello.MaxLength) return ParseResult.Malformed(TlsErrors.HelloLength);
        return ParseBody(reader, input, length, ref facts);
    }

    private static bool StartsLikeTls(ReadOnlySpan<byte> input) =>
        (input.Length < 1 || input[0] == HandshakeReader.HandshakeType)
        && (input.Length < 2 || input[1] == HandshakeReader.MajorVersion);

    private static ParseResult ParseBody(HandshakeReader reader, ReadOnlySpan<byte> input, int length, ref FlowFacts facts)
    {
        var walker = reader;
        var got = 0;
        while (got < length)
        {
            var fault = walker.Read(length - got, out var part);
            if (fault is not null) return ParseResult.Malformed(fault);
            if (part.IsEmpty) return NeedMore(walker, input, length - got);
            if (part.Length == length) return Finish(part, walker.Position, ref facts);
            got += part.Length;
        }

        // Only a hello over several records needs to be put together.
        byte[]? rented = null;
        var body = length <= MaxStackLength ? stackalloc byte[MaxStackLength] : (rented = ArrayPool<byte>.Shared.Rent(length));
        body = body[..length];
        for (var copied = 0; copied < length;)
        {
            reader.Read(length - copied, out var part);
            part.CopyTo(body[copied..]);
            copied += part.Length;
        }
        var result = Finish(body, walker.Position, ref facts);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    private static ParseResult Finish(ReadOnlySpan<byte> body, int position, ref FlowFacts facts)
    {
        if (!ClientHello.TryParse(body, out var hello, out var error)) return ParseResult.Malformed(error);
        facts.Protocol = TlsProtocol.Id;
        facts.Tls = hello.ToFacts();
        return ParseResult.Done(position);
    }

    /// <summary>The least that completes <paramref name="count"/> handshake bytes. Each attempt at it gets most of what was missing,
    /// so that even a hello in records of one byte is looked at a few dozen times, not once a byte.</summary>
    private static ParseResult NeedMore(in HandshakeReader reader, ReadOnlySpan<byte> input, int count) =>
        ParseResult.NeedMore(input.Length < 2 ? input.Length + 1 : Math.Max(input.Length + 1, reader.Position + reader.LeastInput(count)));
}
