using System.Runtime.CompilerServices;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Integers of one to eight bytes (RFC 9000 §16).</summary>
internal static class VariableInteger
{
    /// <summary>Reads one; up to 2^62 - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInteger(this scoped ref WireReader reader, out long value)
    {
        value = 0;
        var rest = reader.Rest;
        if (rest.IsEmpty || !reader.TryRead(1 << (rest[0] >> 6), out var bytes)) return false;
        value = bytes[0] & 0x3F;
        // Most are of one byte.
        if (bytes.Length == 1) return true;
        foreach (var b in bytes[1..]) value = value << 8 | b;
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
