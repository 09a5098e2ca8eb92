using System.Buffers.Binary;
using System.Numerics;

namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>The checksum of RFC 4960 Appendix B, by the processor's instruction where it has one.</summary>
internal static class Crc32c
{
    /// <summary>Before the first byte.</summary>
    public const uint Begin = uint.MaxValue;

    /// <summary>Adds bytes.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) checksum = BitOperations.Crc32C(checksum, value);
        return checksum;
    }

    /// <summary>After the last byte.</summary>
    public static uint End(uint checksum) => ~checksum;
}
