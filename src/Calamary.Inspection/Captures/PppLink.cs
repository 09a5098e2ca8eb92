using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>PPP (RFC 1661), by itself, in HDLC-like framing (RFC 1662) and over Ethernet (RFC 2516).</summary>
internal static class PppLink
{
    private const int PppoeHeader = 6;

    /// <summary>The IP packet of a frame; nothing when it has none.</summary>
    public static ReadOnlySpan<byte> FindIP(ReadOnlySpan<byte> frame)
    {
        // Cisco's framing of HDLC has an EtherType.
        if (frame is [0x0F or 0x8F, 0, ..]) return EtherType.FindIP(frame, 2);
        if (frame is [_, 3, ..]) frame = frame[2..];
        if (frame.Length < 2) return default;
        // One byte of the protocol may be left out (RFC 1661 §6.5): only the last byte is odd.
        var (protocol, length) = (frame[0] & 1) != 0 ? (frame[0], 1) : (BinaryPrimitives.ReadUInt16BigEndian(frame), 2);
        return protocol switch
        {
            0x0021 or 0x0057 => frame[length..],
            0x0281 => EtherType.FindIPOf(frame[length..], 0x8847),
            _ => default,
        };
    }

    /// <summary>The IP packet of a PPPoE session's frame; nothing when it has none.</summary>
    public static ReadOnlySpan<byte> FindIPOverEthernet(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < PppoeHeader || frame[0] != 0x11 || frame[1] != 0) return default;
        var length = BinaryPrimitives.ReadUInt16BigEndian(frame[4..]);
        return FindIP(frame.Slice(PppoeHeader, Math.Min(length, frame.Length - PppoeHeader)));
    }
}
