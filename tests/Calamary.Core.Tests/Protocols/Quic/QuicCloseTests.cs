using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

public sealed class QuicCloseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0x6B3343CF)]
    [InlineData(0xFF00001D)]
    [InlineData(0xFF000022)]
    public void A_client_is_refused(uint number)
    {
        byte[] source = [4, 3, 2, 1];
        var client = Initials.Packet([1], Initials.B, version: number, source: source);
        var answer = new byte[QuicClose.MaxLength];
        Assert.True(QuicClose.TryWrite(client, answer, out var written));

        Assert.True(QuicPacket.TryRead(answer.AsSpan(0, written), out var packet));
        Assert.Equal(written, packet.Bytes.Length);
        Assert.Equal(number, packet.Version.Number);
        Assert.Equal(QuicPacketType.Initial, packet.Type);
        Assert.Equal(source, packet.DestinationId.ToArray());
        Assert.Equal(Initials.B, packet.Header.SourceId.ToArray());
        var keys = InitialKeys.OfServer(packet.Version, Initials.B);
        Assert.True(PacketProtection.TryOpen(keys, packet, new byte[written], out var payload));
        Assert.Equal([0x1C, 2, 0, 0], payload.ToArray());
    }

    [Fact]
    public void The_longest_ids_fit()
    {
        var client = Initials.Packet([1], new byte[20], source: new byte[20]);
        Assert.True(QuicClose.TryWrite(client, new byte[QuicClose.MaxLength], out var written));
        Assert.Equal(QuicClose.MaxLength, written);
        Assert.False(QuicClose.TryWrite(client, new byte[QuicClose.MaxLength - 1], out written));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData("synthetic-version-unknown")]
    [InlineData("synthetic-retry-packet")]
    [InlineData("synthetic-handshake-first")]
    [InlineData("synthetic-empty")]
    [InlineData("synthetic-stun")]
    public void Nothing_else_is_answered(string name) =>
        Assert.False(QuicClose.TryWrite(QuicInitialVectors.Read(name)[0].Span, new byte[QuicClose.MaxLength], out _));

    [Fact]
    public void Nothing_is_allocated()
    {
        var (client, answer) = (Initials.Packet([1]), new byte[QuicClose.MaxLength]);
        QuicClose.TryWrite(client, answer, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        QuicClose.TryWrite(client, answer, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
