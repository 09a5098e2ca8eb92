using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

/// <summary>Packets that are made to cost time: what they are tried with is bounded, and they change nothing.</summary>
public sealed class QuicBoundsTests
{
    private static readonly QuicInitialParser Parser = new();
    private static readonly byte[] Hello = Initials.Crypto(0, Initials.Hello("a.example"));

    [Fact]
    public void Bogus_packets_beside_authentic_ones_count_for_nothing()
    {
        var bogus = Bogus(3);
        var datagrams = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < 15; i++)
        {
            datagrams.Add((byte[])[.. Initials.Packet([1], number: i, length: 60), .. bogus]);
            var waiting = default(FlowFacts);
            Assert.Equal(ParseResult.NeedMore(i + 2), Parser.Parse(datagrams.ToArray(), ref waiting));
            Assert.Null(waiting.Quic);
        }
        datagrams.Add((byte[])[.. bogus, .. Initials.Packet(Hello, number: 15, length: 400)]);
        var facts = default(FlowFacts);
        Assert.Equal(ParseResult.Done(16), Parser.Parse(datagrams.ToArray(), ref facts));
        Assert.Equal("a.example", facts.Tls!.ServerName);
        Assert.Equal(Initials.A, facts.Quic!.ConnectionId.ToArray());
    }

    [Fact]
    public void A_fifth_packet_is_not_passed_over()
    {
        var facts = default(FlowFacts);
        var hidden = new ReadOnlyMemory<byte>[] { (byte[])[.. Bogus(3), .. Bogus(1), .. Initials.Packet(Hello, length: 400)] };
        Assert.Equal(ParseResult.Malformed("QUIC: too many packets in one datagram"), Parser.Parse(hidden, ref facts));
        // The hello behind it is not judged in its place.
        Assert.Equal(ParseStatus.Malformed, Parser.Parse([.. hidden, Initials.Packet(Hello, Initials.B)], ref facts).Status);
        // What was decided before stays.
        Assert.Equal(ParseResult.Done(1), Parser.Parse([Initials.Packet(Hello, Initials.B), .. hidden], ref facts));
    }

    [Fact]
    public void A_fifth_id_is_not_passed_over()
    {
        var facts = default(FlowFacts);
        var fourth = Initials.Packet([1], length: 100);
        Assert.Equal(ParseResult.NeedMore(2), Parser.Parse([(byte[])[.. Bogus(3), .. fourth]], ref facts));
        ReadOnlyMemory<byte>[] datagrams = [(byte[])[.. Bogus(3), .. fourth], Initials.Packet(Hello, Initials.B)];
        Assert.Equal(ParseResult.Malformed("QUIC: too many connections"), Parser.Parse(datagrams, ref facts));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0x6B3343CF)]
    public void Bogus_packets_behind_judged_connections_are_not_new(uint version)
    {
        var facts = Judged(8);
        Assert.False(Parser.BeginsAnew(Bogus(4, version), facts));
        Assert.True(Parser.BeginsAnew(Bogus(5, version), facts));
        // Among them, what is new is found: of a judged connection, of that in another version, and of another.
        var more = Initials.Crypto(facts.Quic!.HelloLength, [1]);
        for (byte i = 0; i < 8; i++)
            Assert.True(Parser.BeginsAnew([.. Bogus(3, version), .. Initials.Packet(more, Initials.B, Id(i), version, length: 100)], facts));
        Assert.True(Parser.BeginsAnew([.. Bogus(3, version), .. Initials.Packet([1], Initials.B, version: version, length: 100)], facts));
        Assert.False(Parser.BeginsAnew([.. Bogus(3, version), .. Initials.Packet([1], Initials.B, Id(7), version, length: 100)], facts));

        var bogus = Bogus(4, version);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Parser.BeginsAnew(bogus, facts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Two_versions_in_one_datagram_begin_anew()
    {
        var facts = Judged(1);
        Assert.False(Parser.BeginsAnew(Bogus(2), facts));
        Assert.True(Parser.BeginsAnew([.. Bogus(1), .. Bogus(1, 0xFF00001D)], facts));
    }

    [Fact]
    public void Trials_are_bounded_where_there_are_many_connections()
    {
        var facts = Judged(8);
        ReadOnlyMemory<byte>[] datagrams = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)Initials.Packet([1], Initials.B, Id(3)), 8)];
        Assert.Equal(ParseResult.NeedMore(9), Parser.Parse(datagrams, ref facts));
        Assert.Equal(ParseResult.Malformed("QUIC: too many packets for the connections of the flow"), Parser.Parse([.. datagrams, datagrams[0]], ref facts));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0x6B3343CF)]
    public void Any_of_many_judged_connections_may_go_on(uint version)
    {
        for (byte i = 0; i < 8; i++)
        {
            var facts = Judged(8);
            var second = Initials.Crypto(facts.Quic!.HelloLength, Initials.Hello("b.example"));
            var packet = Initials.Packet(second, Initials.B, Id(i), version, length: 400);
            var result = Parser.Parse([(byte[])[.. Bogus(3, version), .. packet]], ref facts);
            // In another version it is a ninth connection.
            Assert.Equal(version == 1 ? ParseStatus.Done : ParseStatus.Malformed, result.Status);
            if (version == 1) Assert.Equal("b.example", facts.Tls!.ServerName);
        }
    }

    private static byte[] Id(byte number) => [number, 1, 1, 1, 1, 1, 1, 1];

    /// <summary>Packets that do not authenticate, each of another connection.</summary>
    private static byte[] Bogus(int count, uint version = 1)
    {
        var all = new List<byte>();
        for (byte i = 0; i < count; i++) all.AddRange(Initials.Packet([1], Id((byte)(100 + i)), Id(200), version, length: 60));
        return [.. all];
    }

    private static FlowFacts Judged(int count)
    {
        var facts = default(FlowFacts);
        for (byte i = 0; i < count; i++)
        {
            (facts.Protocol, facts.Tls) = (null, null);
            Assert.Equal(ParseResult.Done(1), Parser.Parse([Initials.Packet(Hello, Id(i))], ref facts));
        }
        (facts.Protocol, facts.Tls) = (null, null);
        return facts;
    }
}
