namespace Calamary.Core.Protocols.Amqp;

/// <summary>Identifies AMQP by the header that a client begins with: its name and a version (AMQP 0-9-1 §4.2.2, 1.0 §2.2), also in front of TLS or SASL (1.0 §5.2, §5.3).</summary>
public sealed class AmqpParser : IProtocolParser
{
    private const int HeaderLength = 8;

    /// <inheritdoc/>
    public ProtocolId Protocol => AmqpProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var name = "AMQP"u8;
        if (!(input.Length < name.Length ? name.StartsWith(input) : input.StartsWith(name))) return ParseResult.NoMatch;
        if (input.Length < HeaderLength) return ParseResult.NeedMore(HeaderLength);
        // 0-8, 0-9, 0-10, 0-9-1; 1.0 plain, behind TLS, and for SASL.
        if (input[4..HeaderLength] is not ([1, 1, 8, 0] or [1, 1, 0, 8] or [1, 1, 9, 0] or [1, 1, 0, 9] or [1, 1, 0, 10] or [0, 0, 9, 1] or [0 or 2 or 3, 1, 0, 0])) return ParseResult.NoMatch;
        facts.Protocol = AmqpProtocol.Id;
        return ParseResult.Done(HeaderLength);
    }
}
