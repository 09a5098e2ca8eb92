using System.Buffers.Binary;

namespace Calamary.Inspection.Captures;

/// <summary>Finds the IP packet in a frame of a link.</summary>
internal static class LinkLayer
{
    /// <summary>Whether frames of this type are understood at all.</summary>
    public static bool IsKnown(int linkType) => linkType is LinkType.Null or LinkType.Ethernet or LinkType.Ppp or LinkType.Fddi or LinkType.RawOfBsd or LinkType.RawOfOpenBsd
        or LinkType.PppHdlc or LinkType.PppEthernet or LinkType.Raw or LinkType.CiscoHdlc or LinkType.Loop or LinkType.LinuxCooked or LinkType.PppWithDirection
        or LinkType.PerPacketInformation or LinkType.IPv4 or LinkType.IPv6 or LinkType.NetfilterLog or LinkType.LinuxCooked2;

    /// <summary>What follows the link's headers when that is IP of either version; else nothing.</summary>
    public static ReadOnlySpan<byte> FindIP(int linkType, ReadOnlySpan<byte> frame) => linkType switch
    {
        LinkType.Ethernet => EtherType.FindIP(frame, 12),
        LinkType.Null or LinkType.Loop => OfBsd(frame),
        LinkType.RawOfBsd or LinkType.RawOfOpenBsd or LinkType.Raw or LinkType.IPv4 or LinkType.IPv6 => frame,
        LinkType.Ppp or LinkType.PppHdlc => PppLink.FindIP(frame),
        LinkType.PppWithDirection => PppLink.FindIP(From(frame, 1)),
        LinkType.PppEthernet => PppLink.FindIPOverEthernet(frame),
        LinkType.CiscoHdlc => EtherType.FindIP(frame, 2),
        LinkType.LinuxCooked => EtherType.FindIP(frame, 14),
        // The type is the first field, the frame's own payload comes behind 20 bytes.
        LinkType.LinuxCooked2 => frame.Length < 20 ? default : EtherType.FindIPOf(frame[20..], BinaryPrimitives.ReadUInt16BigEndian(frame)),
        // Addresses and LLC, without a type.
        LinkType.Fddi => EtherType.FindIPOf(From(frame, 13), 0),
        LinkType.PerPacketInformation => BehindInformation(frame),
        LinkType.NetfilterLog => NetfilterLog.FindIP(frame),
        _ => default,
    };

    /// <summary>The address family, in the byte order of whoever captured. IPv6 has another number on each system.</summary>
    private static ReadOnlySpan<byte> OfBsd(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 4) return default;
        var family = frame[0] == 0 && frame[1] == 0 ? BinaryPrimitives.ReadUInt32BigEndian(frame) : BinaryPrimitives.ReadUInt32LittleEndian(frame);
        return family is 2 or 10 or 23 or 24 or 28 or 30 ? frame[4..] : default;
    }

    /// <summary>A header of any length says what link the frame is of; never itself again.</summary>
    private static ReadOnlySpan<byte> BehindInformation(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 8 || BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) is var link && link > int.MaxValue) return default;
        return link == LinkType.PerPacketInformation ? default : FindIP((int)link, From(frame, BinaryPrimitives.ReadUInt16LittleEndian(frame[2..])));
    }

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> frame, int at) => frame.Length < at ? default : frame[at..];
}
