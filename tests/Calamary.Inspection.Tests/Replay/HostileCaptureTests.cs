using Calamary.Inspection.Tests.Captures;
using static Calamary.Inspection.Tests.Captures.Packets;

namespace Calamary.Inspection.Tests.Replay;

/// <summary>Nothing that a file contains makes replay throw.</summary>
public sealed class HostileCaptureTests
{
    private static readonly byte[] s_pcap = Capture.Of(
        Tcp("192.0.2.1:40000", "198.51.100.1:80", 0, Syn, []), Tcp("198.51.100.1:80", "192.0.2.1:40000", 9, Syn | Ack, [], 1),
        Tcp("192.0.2.1:40000", "198.51.100.1:80", 1, Ack, "GET / HTTP/1.1\r\n"u8), Tcp("192.0.2.1:40000", "198.51.100.1:80", 20, Fin | Ack, "Host: a"u8),
        Udp("[2001:db8::1]:40000", "[2001:db8::2]:53", Query("a.example")),
        IPv6(Core.Address.FromIPv6(5), Core.Address.FromIPv6(9), 0, [44, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 1, .. new byte[16]]),
        IPv4(Core.Address.FromIPv4(5), Core.Address.FromIPv4(9), 17, new byte[16], 0x2001, 7));

    private static readonly byte[] s_pcapng =
    [
        .. Capture.Section(), .. Capture.Interface(1), .. Capture.Interface(113), .. Capture.Interface(192), .. Capture.Interface(239), .. Capture.Interface(0), .. Capture.Interface(9),
        .. Capture.Enhanced(0, Ethernet(Udp("192.0.2.1:40000", "198.51.100.1:53", Query("a.example")))),
        .. Capture.Enhanced(0, [.. new byte[12], 0x81, 0, 0, 1, 0x88, 0x64, 0x11, 0, 0, 1, 0, 60, 0, 0x21, .. Udp("192.0.2.1:40000", "198.51.100.1:53", Query("a.example"))]),
        .. Capture.Enhanced(3, [2, 0, 0, 0, 5, 0, 10, 0, 0, 0, 0, 0, 54, 0, 9, 0, .. Udp("192.0.2.1:40000", "198.51.100.1:53", Query("a.example"))]),
        .. Capture.Simple(Ethernet(Udp("192.0.2.1:40000", "198.51.100.1:53", [])), 60), .. Capture.Obsolete(4, [2, 0, 0, 0, .. Udp("192.0.2.1:40000", "198.51.100.1:53", [])]),
    ];

    public static TheoryData<bool, bool> Files => new() { { false, false }, { true, false }, { false, true }, { true, true } };

    [Theory]
    [MemberData(nameof(Files))]
    public void Cut_anywhere(bool isPcapng, bool isCompressed)
    {
        var file = FileOf(isPcapng, isCompressed);
        for (var length = 0; length <= file.Length; length++) Replayed.Run(file[..length]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Flipped_anywhere(bool isPcapng, bool isCompressed)
    {
        var file = FileOf(isPcapng, isCompressed);
        var random = new Random(7);
        for (var i = 0; i < file.Length; i++)
        {
            foreach (var value in (byte[])[0, 0xFF, (byte)random.Next(256), (byte)(file[i] ^ 1 << random.Next(8))])
            {
                var flipped = file.ToArray();
                flipped[i] = value;
                Replayed.Run(flipped);
            }
        }
    }

    [Fact]
    public void Random_frames_on_every_link()
    {
        var random = new Random(3);
        foreach (var link in (int[])[0, 1, 9, 10, 12, 14, 50, 51, 101, 104, 108, 113, 192, 204, 228, 229, 239, 276])
        {
            var frames = Enumerable.Range(0, 300).Select(_ =>
            {
                var frame = new byte[random.Next(90)];
                random.NextBytes(frame);
                // Let some of them be IP.
                if (frame.Length > 40 && random.Next(2) == 0) (frame[0], frame[9]) = ((byte)(random.Next(2) == 0 ? 0x45 : 0x60), (byte)(random.Next(2) == 0 ? 6 : 17));
                return frame;
            });
            Replayed.Run(Capture.Pcap(link, [.. frames]));
        }
    }

    private static byte[] FileOf(bool isPcapng, bool isCompressed)
    {
        var file = isPcapng ? s_pcapng : s_pcap;
        return isCompressed ? Capture.Compressed(file) : file;
    }
}
