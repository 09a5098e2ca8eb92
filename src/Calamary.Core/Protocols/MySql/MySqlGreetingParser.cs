using System.Buffers.Binary;

namespace Calamary.Core.Protocols.MySql;

/// <summary>Identifies MySQL and MariaDB by the server's handshake, version 10 or 9, or the error that it sends instead (their documentation, "Connection Phase").</summary>
public sealed class MySqlGreetingParser : IProtocolParser
{
    private const int HeaderLength = 4;
    private const int MaxLength = 1024;
    private const int MaxVersion = 100;

    // The thread's number, eight bytes of salt, and a zero.
    private const int AfterVersion = 13;

    /// <inheritdoc/>
    public ProtocolId Protocol => MySqlProtocol.Id;

    /// <inheritdoc/>
    public ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts)
    {
        // A packet's length in three bytes, little end first, and its number, which is 0.
        if (input.Length > 1 && input[1] >= MaxLength >> 8) return ParseResult.NoMatch;
        if ((input.Length > 2 && input[2] != 0) || (input.Length > 3 && input[3] != 0)) return ParseResult.NoMatch;
        if (input.Length <= HeaderLength) return ParseResult.NeedMore(HeaderLength + 1);
        var length = HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(input);
        if (length < HeaderLength + 8 || input[4] is not (9 or 10 or 0xFF)) return ParseResult.NoMatch;
        if (input.Length < length) return ParseResult.NeedMore(length);
        var payload = input[HeaderLength..length];
        if (payload[0] == 0xFF ? !IsError(payload) : !IsHandshake(payload)) return ParseResult.NoMatch;
        facts.Protocol = MySqlProtocol.Id;
        return ParseResult.Done(length);
    }

    private static bool IsHandshake(ReadOnlySpan<byte> payload)
    {
        var version = payload[1..];
        var end = version.IndexOf((byte)0);
        if (end is < 3 or > MaxVersion || !char.IsAsciiDigit((char)version[0]) || !TextLine.IsText(version[..end]) || !version[..end].Contains((byte)'.')) return false;
        return version.Length - end - 1 >= AfterVersion && version[end + AfterVersion] == 0;
    }

    // Too many connections; the host is blocked, is not allowed; no memory: what a server says to whom it does not know yet.
    private static bool IsError(ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt16LittleEndian(payload[1..]) is 1040 or 1042 or 1043 or 1129 or 1130 or 1203 or 1226 or 3159 && TextLine.IsText(payload[3..]);
}
