namespace Calamary.Core.Protocols.Mqtt;

/// <summary>Identifies MQTT by a client's CONNECT (OASIS MQTT 5.0 §3.1), with the protocol name and level of its versions.</summary>
public sealed class MqttParser : IProtocolParser
{
    private const byte Connect = 0x10;

    /// <inheritdoc/>
    public ProtocolId Protocol => MqttProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        if (input.IsEmpty) return ParseResult.NeedMore(1);
        if (input[0] != Connect) return ParseResult.NoMatch;
        var (at, length) = (1, 0);
        for (var shift = 0; ; shift += 7)
        {
            if (at == input.Length) return ParseResult.NeedMore(at + 1);
            if (shift > 21) return ParseResult.NoMatch;
            length |= (input[at] & 0x7F) << shift;
            if ((input[at++] & 0x80) == 0) break;
        }
        var head = input[at..];
        var name = MayBegin(head, "\0\u0004MQTT\u0004"u8) || MayBegin(head, "\0\u0004MQTT\u0005"u8) ? 7 : MayBegin(head, "\0\u0006MQIsdp\u0003"u8) ? 9 : 0;
        // Behind the name: flags, keep-alive, and a client's name, which may be empty.
        if (name == 0 || length < name + 5) return ParseResult.NoMatch;
        if (head.Length <= name) return ParseResult.NeedMore(input.Length + 1);
        // Reserved.
        if ((head[name] & 1) != 0) return ParseResult.NoMatch;
        facts.Protocol = MqttProtocol.Id;
        return ParseResult.Done(at + name + 1);
    }

    private static bool MayBegin(ReadOnlySpan<byte> input, ReadOnlySpan<byte> head) => input.Length < head.Length ? head.StartsWith(input) : input.StartsWith(head);
}
