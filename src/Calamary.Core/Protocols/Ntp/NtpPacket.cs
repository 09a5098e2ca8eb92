using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Ntp;

/// <summary>The packets of RFC 5905 §7.3. There is no magic number, so that each field must be one that a clock can have.</summary>
internal static class NtpPacket
{
    private const int HeaderLength = 48;
    private const int SymmetricActive = 1;
    private const int Client = 3;
    private const int UnsynchronizedStratum = 16;
    private const int TransmitTimestamp = 40;

    // RFC 7822 §3.
    private const int MinExtensionLength = 16;
    private const int MinLastExtensionLength = 28;

    /// <summary>Whether a datagram is what a client (mode 3), or a server that makes another one its peer (mode 1), sends first.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderLength) return false;
        var version = datagram[0] >> 3 & 7;
        var mode = datagram[0] & 7;
        if (version is < 1 or > 4 || mode is not (Client or SymmetricActive)) return false;
        if (!IsClock(datagram) || !EndsWell(datagram[HeaderLength..], version)) return false;
        // A client may leave everything out, also the time (RFC 4330 §5); a peer is one because it tells its time.
        return mode == Client || datagram.Slice(TransmitTimestamp, 8).ContainsAnyExcept((byte)0);
    }

    private static bool IsClock(ReadOnlySpan<byte> packet)
    {
        var (poll, precision) = ((sbyte)packet[2], (sbyte)packet[3]);
        return packet[1] <= UnsynchronizedStratum
            // 2^-7 s to 2^24 s are what chrony can be told; 0 is "not said".
            && poll is >= -7 and <= 24
            // Clocks tick faster than once a second; chrony says 32, which no clock has, to give nothing away.
            && precision is >= -40 and <= 0 or 32
            // Root delay and dispersion in seconds, before the point: some at most, and a delay may be less than none (RFC 1305 §3.2.1).
            && BinaryPrimitives.ReadInt16BigEndian(packet[4..]) is >= -255 and <= 255
            && packet[8] == 0;
    }

    /// <summary>Extension fields (version 4 only), then perhaps a key's number and a checksum of the lengths that are in use.</summary>
    private static bool EndsWell(ReadOnlySpan<byte> rest, int version)
    {
        // MD5 and AES-CMAC, SHA-1; before version 4 also DES and SHA-2 (which is cut to 20 bytes in version 4, RFC 7822 §3).
        if (version < 4) return rest.Length is 0 or 12 or 20 or 24 or 36 or 52 or 68;
        var last = MinLastExtensionLength;
        while (rest.Length is not (20 or 24))
        {
            if (rest.IsEmpty) return last >= MinLastExtensionLength;
            if (rest.Length < MinExtensionLength) return false;
            last = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (last < MinExtensionLength || last % 4 != 0 || last > rest.Length) return false;
            rest = rest[last..];
        }
        return true;
    }
}
