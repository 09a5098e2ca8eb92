using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Tests.Protocols.Dns;

public sealed class DnsHeaderTests
{
    [Fact]
    public void All_fields_are_read()
    {
        Assert.True(DnsHeader.TryRead([0x12, 0x34, 0xA6, 0x83, 0, 1, 0, 2, 0, 3, 0, 4, 99], out var header));
        Assert.Equal((0x1234, 0xA683, 1, 2, 3, 4), (header.Id, header.Flags, header.Questions, header.Answers, header.Authorities, header.Additionals));
        Assert.True(header.IsResponse);
        Assert.True(header.IsTruncated);
        Assert.Equal(DnsOpcode.Notify, header.Opcode);
        Assert.Equal(3, header.ResponseCode);
    }

    [Fact]
    public void A_short_message_has_none() => Assert.False(DnsHeader.TryRead(new byte[11], out _));
}
