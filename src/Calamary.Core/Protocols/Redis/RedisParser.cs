namespace Calamary.Core.Protocols.Redis;

/// <summary>Identifies Redis by a client's first command: an array of bulk strings (RESP), the first of them a command's name; or <c>PING</c> as a line.</summary>
public sealed class RedisParser : IProtocolParser
{
    private const int MaxCommand = 32;

    /// <inheritdoc/>
    public ProtocolId Protocol => RedisProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        var at = 0;
        var status = input is [(byte)'P' or (byte)'p', ..] ? Ping(input, ref at) : Array(input, ref at);
        if (status == ParseStatus.NeedMoreData) return ParseResult.NeedMore(input.Length + 1);
        if (status != ParseStatus.Done) return ParseResult.NoMatch;
        facts.Protocol = RedisProtocol.Id;
        return ParseResult.Done(at);
    }

    private static ParseStatus Ping(ReadOnlySpan<byte> input, ref int at)
    {
        at = 6;
        return !TextLine.MayBegin(input, "PING\r\n"u8, out var isWhole) ? ParseStatus.NoMatch : isWhole ? ParseStatus.Done : ParseStatus.NeedMoreData;
    }

    // "*2\r\n$4\r\nAUTH\r\n…"
    private static ParseStatus Array(ReadOnlySpan<byte> input, ref int at)
    {
        var status = Number(input, (byte)'*', 7, ref at, out var count);
        if (status != ParseStatus.Done) return status;
        if (count == 0) return ParseStatus.NoMatch;
        status = Number(input, (byte)'$', 2, ref at, out var length);
        if (status != ParseStatus.Done) return status;
        if (length is 0 or > MaxCommand) return ParseStatus.NoMatch;
        var command = input[at..];
        for (var i = 0; i < command.Length && i < length; i++)
            if (!char.IsAsciiLetter((char)command[i]) && command[i] is not ((byte)'.' or (byte)'_' or (byte)'-')) return ParseStatus.NoMatch;
        at += length + 2;
        if (command.Length > length && command[length] != '\r') return ParseStatus.NoMatch;
        if (command.Length < length + 2) return ParseStatus.NeedMoreData;
        return command[length + 1] == '\n' ? ParseStatus.Done : ParseStatus.NoMatch;
    }

    private static ParseStatus Number(ReadOnlySpan<byte> input, byte mark, int maxDigits, ref int at, out int number)
    {
        number = 0;
        if (at == input.Length) return ParseStatus.NeedMoreData;
        if (input[at++] != mark) return ParseStatus.NoMatch;
        for (var digits = 0; at < input.Length; digits++)
        {
            var c = input[at++];
            if (c == '\r')
            {
                if (digits == 0) return ParseStatus.NoMatch;
                if (at == input.Length) return ParseStatus.NeedMoreData;
                return input[at++] == '\n' ? ParseStatus.Done : ParseStatus.NoMatch;
            }
            if (!char.IsAsciiDigit((char)c) || digits == maxDigits) return ParseStatus.NoMatch;
            number = number * 10 + c - '0';
        }
        return ParseStatus.NeedMoreData;
    }
}
