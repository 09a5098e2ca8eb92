using System.Buffers.Binary;

namespace Calamary.Core.Protocols.ProxyProtocol;

/// <summary>The type-length-value fields after the addresses (proxy-protocol.txt §2.2): they must fill the header exactly, and its
/// checksum must be right. Their values are not used.</summary>
internal static class ProxyTlvs
{
    private const int Crc32cType = 0x03;
    private const int SslType = 0x20;
    private const int PrefixLength = 3;
    private const int SslFixedLength = 5;
    private const int ChecksumLength = 4;

    /// <summary>What is wrong with the fields from <paramref name="start"/> to the header's end; null for nothing.</summary>
    public static string? Check(ReadOnlySpan<byte> header, int start)
    {
        var checksumAt = -1;
        while (start < header.Length)
        {
            if (!TryReadLength(header, start, out var length)) return ProxyErrors.Tlv;
            var (type, value) = (header[start], start + PrefixLength);
            if (type == SslType && !FillsExactly(header.Slice(value, length))) return ProxyErrors.Tlv;
            if (type == Crc32cType)
            {
                // A second one would have to be zero and right at once.
                if (checksumAt >= 0 || length != ChecksumLength) return ProxyErrors.Checksum;
                checksumAt = value;
            }
            start = value + length;
        }
        return checksumAt < 0 || IsRight(header, checksumAt) ? null : ProxyErrors.Checksum;
    }

    /// <summary>The TLS field: flags, the result of verification, and TLVs of its own (§2.2.6).</summary>
    private static bool FillsExactly(ReadOnlySpan<byte> ssl)
    {
        var start = SslFixedLength;
        while (start < ssl.Length)
        {
            if (!TryReadLength(ssl, start, out var length)) return false;
            start += PrefixLength + length;
        }
        return start == ssl.Length;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, int start, out int length)
    {
        length = 0;
        if (bytes.Length - start < PrefixLength) return false;
        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(start + 1)..]);
        return bytes.Length - start - PrefixLength >= length;
    }

    /// <summary>The checksum is taken over the whole header with zeros in its own place (§2.2.3).</summary>
    private static bool IsRight(ReadOnlySpan<byte> header, int at)
    {
        var checksum = Crc32c.Begin;
        checksum = Crc32c.Append(checksum, header[..at]);
        checksum = Crc32c.Append(checksum, [0, 0, 0, 0]);
        checksum = Crc32c.Append(checksum, header[(at + ChecksumLength)..]);
        return Crc32c.End(checksum) == BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
    }
}
