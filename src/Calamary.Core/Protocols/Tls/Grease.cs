namespace Calamary.Core.Protocols.Tls;

/// <summary>Reserved values that clients send at random to keep servers tolerant (RFC 8701).</summary>
internal static class Grease
{
    /// <summary>0x0A0A, 0x1A1A, … 0xFAFA.</summary>
    public static bool IsReserved(ushort value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);

    /// <summary>The same as two bytes of an ALPN identifier.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> identifier) =>
        identifier.Length == 2 && IsReserved((ushort)(identifier[0] << 8 | identifier[1]));
}
