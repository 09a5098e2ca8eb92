using Calamary.Core;
using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Tests.Captures;

public sealed class IPPacketTests
{
    private static readonly Address s_a = Address.FromIPv4(0xC0000201);
    private static readonly Address s_b = Address.FromIPv4(0xC6336401);
    private static readonly Address s_a6 = Address.FromIPv6((UInt128)0x20010DB8 << 96 | 1);
    private static readonly Address s_b6 = Address.FromIPv6((UInt128)0x20010DB8 << 96 | 2);
    private static readonly byte[] s_datagram = Packets.UdpDatagram(1000, 2000, "payload"u8);

    [Fact]
    public void Padding_is_not_payload()
    {
        Assert.Equal("payload", PayloadOf([.. Packets.IPv4(s_a, s_b, 17, s_datagram), 0, 0, 0, 0]));
        Assert.Equal("payload", PayloadOf([.. Packets.IPv6(s_a6, s_b6, 17, s_datagram), 0, 0, 0, 0]));
    }

    [Fact]
    public void A_length_of_0_is_that_of_the_frame()
    {
        var packet = Packets.IPv4(s_a, s_b, 17, s_datagram);
        (packet[2], packet[3]) = (0, 0);
        Assert.Equal("payload", PayloadOf(packet));
        packet = Packets.IPv6(s_a6, s_b6, 17, s_datagram);
        (packet[4], packet[5]) = (0, 0);
        Assert.Equal("payload", PayloadOf(packet));
    }

    [Fact]
    public void Options_and_extension_headers_are_passed()
    {
        Assert.Equal("payload", PayloadOf(Packets.IPv4(s_a, s_b, 17, s_datagram, options: new byte[40])));
        byte[] extensions =
        [
            60, 0, 0, 0, 0, 0, 0, 0, // hop-by-hop
            43, 1, .. new byte[14], // destination options
            51, 0, 0, 0, 0, 0, 0, 0, // routing
            44, 4, .. new byte[22], // authentication
            17, 0, 0, 0, 0, 0, 0, 0, // a fragment that is the whole
            .. s_datagram,
        ];
        Assert.Equal("payload", PayloadOf(Packets.IPv6(s_a6, s_b6, 0, extensions)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(200)]
    public void Fragments_come_together_in_any_order(int seed)
    {
        var random = new Random(seed);
        var payload = new byte[3000];
        random.NextBytes(payload);
        var datagram = Packets.UdpDatagram(1000, 2000, payload);
        List<byte[]> four = [], six = [];
        for (var at = 0; at < datagram.Length; at += 400)
        {
            var part = datagram[at..Math.Min(at + 400, datagram.Length)];
            var more = at + 400 < datagram.Length;
            four.Add(Packets.IPv4(s_a, s_b, 17, part, at / 8 | (more ? 0x2000 : 0), 77));
            // Of a later one, what it says of the payload does not count.
            six.Add(Packets.IPv6(s_a6, s_b6, 44, [(byte)(at == 0 ? 17 : 59), 0, (byte)(at >> 8), (byte)(at | (more ? 1 : 0)), 0, 0, 0, 77, .. part]));
        }
        foreach (var parts in new[] { four, six })
        {
            byte[][] shuffled = [.. parts, parts[0]];
            random.Shuffle(shuffled);
            Assert.Equal(Convert.ToHexString(payload), Convert.ToHexString(Reassemble(shuffled) ?? []));
        }
    }

    [Fact]
    public void The_first_of_overlapping_fragments_counts()
    {
        var datagram = Packets.UdpDatagram(1000, 2000, "0123456789abcdef"u8);
        Assert.Equal("0123456789abcdef", System.Text.Encoding.ASCII.GetString(Reassemble(
        [
            Packets.IPv4(s_a, s_b, 17, datagram.AsSpan(0, 16), 0x2000, 7),
            Packets.IPv4(s_a, s_b, 17, "XXXXXXXX"u8, 1 | 0x2000, 7),
            Packets.IPv4(s_a, s_b, 17, datagram.AsSpan(16), 2, 7),
        ])!));
    }

    [Fact]
    public void A_missing_fragment_leaves_nothing()
    {
        var datagram = Packets.UdpDatagram(1000, 2000, new byte[24]);
        Assert.Null(Reassemble([Packets.IPv4(s_a, s_b, 17, datagram.AsSpan(0, 16), 0x2000, 7), Packets.IPv4(s_a, s_b, 17, datagram.AsSpan(24), 3, 7)]));
        Assert.Null(Reassemble([Packets.IPv4(s_a, s_b, 17, datagram.AsSpan(0, 16), 0x2000, 7), Packets.IPv4(s_a, s_b, 17, datagram.AsSpan(16), 2, 8)]));
    }

    private static string PayloadOf(byte[] packet)
    {
        Assert.True(IPPacket.TryParse(packet, out var parsed));
        Assert.False(parsed.IsFragment);
        Assert.True(Segment.TryParse(parsed, out var segment));
        Assert.Equal((1000, 2000), (segment.Source.Port, segment.Destination.Port));
        return System.Text.Encoding.ASCII.GetString(segment.Payload);
    }

    private static byte[]? Reassemble(IEnumerable<byte[]> packets)
    {
        var table = new FragmentTable();
        foreach (var packet in packets)
        {
            table.Tick();
            Assert.True(IPPacket.TryParse(packet, out var parsed));
            if (table.TryComplete(parsed, out var whole) && Segment.TryParse(whole, out var segment)) return segment.Payload.ToArray();
        }
        return null;
    }
}
