using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Integers of one to eight bytes (RFC 9000 §16).</summary>
internal static class VariableInteger
{
    /// <summary>Reads one; up to 2^62 - 1.</summary>
    public static bool TryReadInteger(this scoped ref WireReader reader, out long value)
    {
        value = 0;
        var start = reader;
        if (!reader.TryReadByte(out var first)) return false;
        if (first < 0x40)
        {
            value = first;
            return true;
        }
        if (!reader.TryRead((1 << (first >> 6)) - 1, out var more))
        {
            reader = start;
            return false;
        }
        value = first & 0x3F;
        foreach (var b in more) value = value << 8 | b;
        return true;
    }

    /// <summary>Reads bytes behind their length.</summary>
    public static bool TryReadVector(this scoped ref WireReader reader, out ReadOnlySpan<byte> bytes)
    {
        var start = reader;
        if (reader.TryReadInteger(out var length) && length <= int.MaxValue && reader.TryRead((int)length, out bytes)) return true;
        reader = start;
        bytes = default;
        return false;
    }
}
