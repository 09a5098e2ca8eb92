using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Tests.Captures;

public sealed class LinkLayerTests
{
    private static readonly byte[] s_packet = Packets.Udp("192.0.2.1:1000", "198.51.100.1:2000", "payload"u8);
    private static readonly byte[] s_macs = new byte[12];

    public static TheoryData<string, int, byte[]> Headers => new()
    {
        { "Ethernet", 1, [.. s_macs, 8, 0] },
        { "802.1Q", 1, [.. s_macs, 0x81, 0, 0, 5, 8, 0] },
        { "QinQ", 1, [.. s_macs, 0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 8, 0] },
        { "three tags", 1, [.. s_macs, 0x91, 0, 0, 5, 0x81, 0, 0, 6, 0x81, 0, 0, 7, 8, 0] },
        { "802.1ah", 1, [.. s_macs, 0x88, 0xE7, 0, 0, 0, 1, .. s_macs, 8, 0] },
        { "SNAP", 1, [.. s_macs, 0, 60, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0] },
        { "MPLS", 1, [.. s_macs, 0x88, 0x47, 0, 1, 0, 64, 0, 1, 1, 64] },
        { "PPPoE", 1, [.. s_macs, 0x88, 0x64, 0x11, 0, 0, 1, 0, (byte)(2 + s_packet.Length), 0, 0x21] },
        { "PPPoE in VLAN", 1, [.. s_macs, 0x81, 0, 0, 5, 0x88, 0x64, 0x11, 0, 0, 1, 0, (byte)(2 + s_packet.Length), 0, 0x21] },
        { "NULL", 0, [2, 0, 0, 0] },
        { "NULL of the other byte order", 0, [0, 0, 0, 2] },
        { "LOOP", 108, [0, 0, 0, 2] },
        { "PPP", 9, [0, 0x21] },
        { "PPP in HDLC framing", 9, [0xFF, 3, 0, 0x21] },
        { "PPP with a short protocol", 50, [0xFF, 3, 0x21] },
        { "MPLS over PPP", 9, [2, 0x81, 0, 1, 1, 64] },
        { "PPP with direction", 204, [1, 0xFF, 3, 0, 0x21] },
        { "PPPoE without Ethernet", 51, [0x11, 0, 0, 1, 0, (byte)(2 + s_packet.Length), 0, 0x21] },
        { "Cisco HDLC", 104, [0x0F, 0, 8, 0] },
        { "FDDI", 10, [.. s_macs, 0x50, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0] },
        { "raw", 101, [] },
        { "raw of BSD", 12, [] },
        { "raw of OpenBSD", 14, [] },
        { "IPv4", 228, [] },
        { "cooked", 113, [0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0] },
        { "cooked with a tag", 113, [0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 0, 0, 5, 8, 0] },
        { "cooked 2", 276, [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "PPI", 192, [0, 0, 8, 0, 101, 0, 0, 0] },
        { "NFLOG", 239, [2, 0, 0, 0, 5, 0, 10, 0, 0, 0, 0, 0, (byte)(4 + s_packet.Length), 0, 9, 0] },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void The_packet_is_found(string name, int linkType, byte[] header)
    {
        Assert.True(LinkLayer.IsKnown(linkType), name);
        byte[] frame = [.. header, .. s_packet];
        Assert.Equal(s_packet, LinkLayer.FindIP(linkType, frame).ToArray());
        // A header that is cut is none, and never more than that.
        for (var length = 0; length < header.Length; length++) Assert.True(LinkLayer.FindIP(linkType, frame.AsSpan(0, length)).IsEmpty);
    }

    [Theory]
    [InlineData(1, "0000000000000000000000000806")]
    [InlineData(0, "07000000")]
    [InlineData(9, "FF03C021")]
    [InlineData(192, "00000800C0000000")]
    public void What_is_no_IP_is_left_alone(int linkType, string header) =>
        Assert.True(LinkLayer.FindIP(linkType, [.. Convert.FromHexString(header), .. s_packet]).IsEmpty);
}
