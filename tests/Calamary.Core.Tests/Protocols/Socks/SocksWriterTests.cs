using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Socks;

namespace Calamary.Core.Tests.Protocols.Socks;

public sealed class SocksWriterTests
{
    [Theory]
    [InlineData("192.0.2.7:443", "05 00 00 01 C0 00 02 07 01 BB")]
    [InlineData("[2001:db8::7]:443", "05 00 00 04 20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 07 01 BB")]
    public void A_reply_names_the_bound_address(string bound, string bytes) =>
        Assert.Equal(bytes, Hex(SocksWriter.Reply(SocksReply.Succeeded, Endpoint.Parse(bound))));

    [Fact]
    public void A_failure_names_no_address() => Assert.Equal("05 02 00 01 00 00 00 00 00 00", Hex(SocksWriter.Reply(SocksReply.NotAllowed)));

    [Fact]
    public void Methods_and_states()
    {
        Assert.Equal("05 FF", Hex(SocksWriter.Method(SocksMethod.NotAcceptable)));
        Assert.Equal("01 00", Hex(SocksWriter.Status(accepted: true)));
        Assert.Equal("01 01", Hex(SocksWriter.Status(accepted: false)));
    }

    [Theory]
    [InlineData("192.0.2.7:443")]
    [InlineData("[2001:db8::7]:1")]
    public void The_header_of_a_datagram_is_read_as_it_was_written(string source)
    {
        var endpoint = Endpoint.Parse(source);
        var header = new byte[SocksWriter.HeaderLength(endpoint)];
        header.AsSpan().Fill(0xFF);
        SocksWriter.WriteHeader(header, endpoint);
        Assert.Equal(ParseResult.Done(header.Length), SocksDatagram.Parse(header, out var datagram));
        Assert.Equal(new SocksDatagram(0, new SocksTarget(null, endpoint.Address, endpoint.Port)), datagram);
    }

    private static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace('-', ' ');
}
