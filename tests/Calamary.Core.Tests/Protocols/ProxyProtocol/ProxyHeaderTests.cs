using Calamary.Core.Protocols;
using Calamary.Core.Protocols.ProxyProtocol;

namespace Calamary.Core.Tests.Protocols.ProxyProtocol;

public sealed class ProxyHeaderTests : ParserContract<ProxyHeaderVectors>
{
    private static readonly string[] Ends =
        ["192.0.2.1:1", "255.255.255.255:65535", "[2001:db8::1]:443", "[::1]:0", "[1:2:3:4:5:6:7:8]:9", "[64:ff9b::192.0.2.1]:1"];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var source in Ends)
                foreach (var target in Ends) pairs.Add(source, target);
            return pairs;
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void What_is_written_is_read(string sourceText, string targetText)
    {
        var (source, target) = (Endpoint.Parse(sourceText), Endpoint.Parse(targetText));
        var buffer = new byte[ProxyHeaderWriter.MaxLength];
        AssertRead(buffer.AsSpan(0, ProxyHeaderWriter.WriteV1(buffer, source, target)), source, target, TransportProtocol.Tcp);
        AssertRead(buffer.AsSpan(0, ProxyHeaderWriter.WriteV2(buffer, source, target)), source, target, TransportProtocol.Tcp);
        AssertRead(buffer.AsSpan(0, ProxyHeaderWriter.WriteV2(buffer, source, target, TransportProtocol.Udp)), source, target, TransportProtocol.Udp);
    }

    [Fact]
    public void Health_checks_are_read_as_such()
    {
        var buffer = new byte[ProxyHeaderWriter.MaxLength];
        buffer.AsSpan().Fill(0xFF);
        var length = ProxyHeaderWriter.HealthCheckV1(buffer);
        Assert.Equal(ParseResult.Done(length), ProxyHeader.Parse(buffer.AsSpan(0, length), out var header));
        Assert.Equal((ProxyCommand.Proxy, ProxyFamily.Unspecified, false), (header.Command, header.Family, header.HasAddresses));
        length = ProxyHeaderWriter.HealthCheckV2(buffer);
        Assert.Equal(ParseResult.Done(length), ProxyHeader.Parse(buffer.AsSpan(0, length), out header));
        Assert.Equal((ProxyCommand.Local, ProxyFamily.Unspecified, false), (header.Command, header.Family, header.HasAddresses));
    }

    [Fact]
    public void Addresses_are_read_without_allocation()
    {
        var text = "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 65536\r\n"u8;
        ProxyHeader.Parse(text, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ProxyHeader.Parse(text, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Every_flipped_bit_of_a_checked_header_is_noticed()
    {
        var bytes = Vector.Load(ProxyHeaderVectors.Folder).Single(v => v.Name == "haproxy-v2-crc32c-ip6").Bytes;
        Assert.Equal(ParseStatus.Done, ProxyHeader.Parse(bytes, out var header).Status);
        var length = ProxyHeader.Parse(bytes, out _).Length;
        for (var bit = 0; bit < length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            // A flip in the TLV's own type hides the checksum, and one in command, family or length may leave none: such a header names
            // no addresses, or the same.
            if (ProxyHeader.Parse(bytes, out var flipped).Status == ParseStatus.Done && flipped.HasAddresses)
                Assert.Equal((header.Source, header.Destination), (flipped.Source, flipped.Destination));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Theory]
    [InlineData("123456789", 0xE3069283)]
    [InlineData("", 0)]
    [InlineData("a", 0xC1D04330)]
    public void Checksum_is_that_of_the_RFC(string text, uint expected) =>
        Assert.Equal(expected, Crc32c.End(Crc32c.Append(Crc32c.Begin, System.Text.Encoding.ASCII.GetBytes(text))));

    private static void AssertRead(ReadOnlySpan<byte> bytes, Endpoint source, Endpoint target, TransportProtocol transport)
    {
        Assert.Equal(ParseResult.Done(bytes.Length), ProxyHeader.Parse(bytes, out var header));
        Assert.True(header.HasAddresses);
        Assert.Equal((source, target, transport), (header.Source, header.Destination, header.Transport));
    }
}
