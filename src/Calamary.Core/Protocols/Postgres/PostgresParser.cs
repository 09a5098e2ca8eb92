using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Postgres;

/// <summary>Identifies PostgreSQL by a client's first message (its documentation, "Message Formats"): a start-up message, or the requests for encryption or to cancel.
/// A client that begins with TLS (version 17 on) is <c>tls</c>.</summary>
public sealed class PostgresParser : IProtocolParser
{
    private const int HeaderLength = 8, Version2Length = 296;

    // The server's own bound.
    private const int MaxLength = 10_000;
    private const uint Version2 = 0x20000, Version3 = 0x30000;
    private const uint Cancel = 80877102, EncryptByTls = 80877103, EncryptByGss = 80877104;

    /// <inheritdoc/>
    public ProtocolId Protocol => PostgresProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (input[..Math.Min(input.Length, 2)].ContainsAnyExcept((byte)0)) return ParseResult.NoMatch;
        if (input.Length < HeaderLength) return ParseResult.NeedMore(HeaderLength);
        var length = BinaryPrimitives.ReadUInt32BigEndian(input);
        var code = BinaryPrimitives.ReadUInt32BigEndian(input[4..]);
        var isRight = code switch
        {
            EncryptByTls or EncryptByGss => length == HeaderLength,
            Cancel => length is >= 16 and <= 268,
            Version2 => length == Version2Length,
            _ => code is >= Version3 and < Version3 + 16 && length is > HeaderLength and <= MaxLength,
        };
        if (!isRight) return ParseResult.NoMatch;
        if (input.Length < length) return ParseResult.NeedMore((int)length);
        if (code is >= Version3 and < Version3 + 16 && !AreParameters(input[HeaderLength..(int)length])) return ParseResult.NoMatch;
        facts.Protocol = PostgresProtocol.Id;
        return ParseResult.Done((int)length);
    }

    // Names and values, each with a final zero, and one more zero. There is always a user.
    private static bool AreParameters(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[^1] != 0 || text[^2] != 0) return false;
        var hasUser = false;
        for (text = text[..^1]; !text.IsEmpty;)
        {
            var end = text.IndexOf((byte)0);
            var name = text[..end];
            if (end == 0 || !TextLine.IsText(name)) return false;
            text = text[(end + 1)..];
            end = text.IndexOf((byte)0);
            if (end < 0) return false;
            hasUser |= name.SequenceEqual("user"u8) && end > 0;
            text = text[(end + 1)..];
        }
        return hasUser;
    }
}
