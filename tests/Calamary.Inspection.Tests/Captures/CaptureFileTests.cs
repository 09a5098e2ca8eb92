using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Tests.Captures;

public sealed class CaptureFileTests
{
    private static readonly byte[] s_frame = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData(0xA1B2C3D4, false)]
    [InlineData(0xA1B2C3D4, true)]
    [InlineData(0xA1B23C4D, false)]
    [InlineData(0xA1B23C4D, true)]
    public void Pcap_of_either_byte_order_and_any_precision(uint magic, bool isBigEndian)
    {
        var file = Capture.Pcap(113, isBigEndian, magic, s_frame, []);
        Assert.Equal(["113:0102030405", "113:"], Read(file, out var fault));
        Assert.Null(fault);
        Assert.Equal(["113:0102030405", "113:"], Read(Capture.Compressed(file), out _));
    }

    [Fact]
    public void The_upper_bits_of_the_link_type_are_about_checksums() =>
        Assert.Equal(["1:0102030405"], Read(Capture.Pcap(unchecked((int)0x5400_0001), s_frame), out _));

    [Fact]
    public void Pcapng_with_sections_byte_orders_interfaces_and_all_kinds_of_packets()
    {
        byte[] file =
        [
            .. Capture.Section(), .. Capture.Interface(1, 4), .. Capture.Interface(113), .. Capture.Block(5, new byte[12]),
            .. Capture.Enhanced(1, s_frame), .. Capture.Simple(s_frame[..4], 5), .. Capture.Obsolete(0, s_frame), .. Capture.Enhanced(7, s_frame),
            .. Capture.Section(true), .. Capture.Interface(101, 0, true), .. Capture.Enhanced(0, s_frame, true), .. Capture.Block(0x0BAD, new byte[2_000_000], true),
            .. Capture.Enhanced(0, [9], true),
        ];
        Assert.Equal(["113:0102030405", "1:01020304", "1:0102030405", "101:0102030405", "101:09"], Read(file, out var fault));
        Assert.Null(fault);
    }

    [Fact]
    public void What_is_no_capture_is_said_to_be_none()
    {
        Assert.Equal("it is empty", FaultOf([]));
        Assert.Equal("it is neither pcap nor pcapng", FaultOf("#!/bin/sh\necho a script of some length\n"u8.ToArray()));
        Assert.Equal("it is neither pcap nor pcapng", FaultOf(Capture.Of()[..20]));
        Assert.Equal("the compressed data is broken", FaultOf([0x1F, 0x8B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    }

    [Fact]
    public void A_cut_file_gives_what_is_there()
    {
        var file = Capture.Pcap(1, s_frame, s_frame);
        Assert.Equal(["1:0102030405", "1:010203"], Read(file[..^2], out var fault));
        Assert.Equal(new CaptureFault("it ends in the middle of packet 2", true), fault);
        Assert.Equal(["1:0102030405"], Read(file[..^6], out fault));
        Assert.True(fault!.IsCut);
        Read([.. Capture.Section(), .. Capture.Interface(1), .. Capture.Enhanced(0, s_frame)[..^6]], out fault);
        Assert.Equal(new CaptureFault("it ends in the middle of block 3", true), fault);
    }

    [Fact]
    public void Impossible_lengths_end_it()
    {
        Read([.. Capture.Pcap(1, s_frame), .. new byte[8], 0, 0, 0, 0x7F, 0, 0, 0, 0x7F], out var fault);
        Assert.Equal(new CaptureFault("packet 2 has an impossible length", false), fault);
        Read([.. Capture.Section(), 1, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0], out fault);
        Assert.Equal(new CaptureFault("block 2 has an impossible length", false), fault);
    }

    private static string? FaultOf(byte[] file)
    {
        Assert.Null(CaptureFile.Open(new MemoryStream(file), out var fault));
        return fault?.Text;
    }

    private static List<string> Read(byte[] file, out CaptureFault? fault)
    {
        var reader = CaptureFile.Open(new MemoryStream(file), out _)!;
        var frames = new List<string>();
        while (reader.TryRead(out var frame)) frames.Add($"{frame.LinkType}:{Convert.ToHexString(frame.Data)}");
        fault = reader.Fault;
        return frames;
    }
}
