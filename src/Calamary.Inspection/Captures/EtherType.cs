using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>Follows EtherTypes through tags and labels to an IP packet.</summary>
internal static class EtherType
{
    private const int IPv4 = 0x0800;
    private const int IPv6 = 0x86DD;
    private const int PppoeSession = 0x8864;
    private const int BackboneBridge = 0x88E7;
    private const int Mpls = 0x8847;
    private const int MplsMulticast = 0x8848;
    // Below are lengths (IEEE 802.3); cooked captures have these two numbers for what comes without a type.
    private const int MaxLength = 1500;

    /// <summary>The IP packet of a frame whose type is at this place; nothing when it has none.</summary>
    public static ReadOnlySpan<byte> FindIP(ReadOnlySpan<byte> frame, int at) =>
        frame.Length < at + 2 ? default : FindIPOf(frame[(at + 2)..], BinaryPrimitives.ReadUInt16BigEndian(frame[at..]));

    /// <summary>The IP packet in what follows a type; nothing when there is none.</summary>
    public static ReadOnlySpan<byte> FindIPOf(ReadOnlySpan<byte> payload, ushort type)
    {
        // 802.1Q, 802.1ad and what vendors used before it; any number of tags.
        while (type is 0x8100 or 0x88A8 or 0x9100 or 0x9200 or 0x9300 or BackboneBridge)
        {
            // A backbone's tag (IEEE 802.1ah) has the customer's addresses behind it.
            var at = type == BackboneBridge ? 16 : 2;
            if (payload.Length < at + 2) return default;
            type = BinaryPrimitives.ReadUInt16BigEndian(payload[at..]);
            payload = payload[(at + 2)..];
        }
        return type switch
        {
            IPv4 or IPv6 => payload,
            PppoeSession => PppLink.FindIPOverEthernet(payload),
            Mpls or MplsMulticast => BehindLabels(payload),
            // LLC with SNAP (RFC 1042).
            <= MaxLength when payload is [0xAA, 0xAA, 3, 0, 0, 0, _, _, ..] => FindIP(payload, 6),
            _ => default,
        };
    }

    /// <summary>The stack of labels does not say what is in it (RFC 3032 §2.1); the first bits of the packet do.</summary>
    private static ReadOnlySpan<byte> BehindLabels(ReadOnlySpan<byte> payload)
    {
        while (payload.Length >= 4)
        {
            var isLast = (payload[2] & 1) != 0;
            payload = payload[4..];
            if (isLast) return !payload.IsEmpty && payload[0] >> 4 is 4 or 6 ? payload : default;
        }
        return default;
    }
}
