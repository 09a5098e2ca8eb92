using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

public sealed class QuicInitialParserTests : DatagramParserContract<QuicInitialVectors>
{
    private static readonly QuicInitialParser Parser = new();

    [Fact]
    public void A_hello_may_be_cut_anywhere()
    {
        var hello = Initials.Hello("a.example");
        for (var cut = 1; cut < hello.Length; cut++)
        {
            var (first, second) = (Initials.Crypto(0, hello.AsSpan(0, cut)), Initials.Crypto(cut, hello.AsSpan(cut)));
            Assert.Equal("a.example", NameOf([Initials.Packet([.. second, 1, .. first])]));
            Assert.Null(NameOf([Initials.Packet(first)]));
            Assert.Equal("a.example", NameOf([Initials.Packet(second), Initials.Packet(first)]));
        }
    }

    [Fact]
    public void Bounds_count_datagrams()
    {
        var facts = default(FlowFacts);
        Assert.Equal(ParseResult.NoMatch, Parser.Parse([], ref facts));
        Assert.Equal(ParseResult.NeedMore(2), Parser.Parse([QuicInitialVectors.Read("chromium")[0]], ref facts));
    }

    [Fact]
    public void Done_counts_the_datagrams_that_it_took()
    {
        var facts = default(FlowFacts);
        ReadOnlyMemory<byte>[] datagrams = [.. QuicInitialVectors.Read("chromium"), Initials.Packet(Initials.Crypto(0, Initials.Hello("b.example")))];
        Assert.Equal(ParseResult.Done(2), Parser.Parse(datagrams, ref facts));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1000)]
    [InlineData(0x6B3343CF, 1)]
    public void The_second_hello_is_read_behind_the_first(uint version, int number)
    {
        var facts = Judged("a.example");
        var length = facts.Quic!.HelloLength;
        var hello = Initials.Hello("b.example", 1500);
        var first = Initials.Packet(Initials.Crypto(length, hello.AsSpan(0, 1000)), Initials.B, Initials.A, version, number);
        var second = Initials.Packet(Initials.Crypto(length + 1000, hello.AsSpan(1000)), Initials.B, Initials.A, version, number + 1);
        Assert.True(Parser.BeginsAnew(first, facts));
        Assert.True(Parser.BeginsAnew(second, facts));

        facts = Again(facts);
        Assert.Equal(ParseStatus.NeedMoreData, Parser.Parse([first], ref facts).Status);
        // Without what was judged before, nobody has the keys.
        var other = default(FlowFacts);
        Assert.Equal(ParseStatus.NeedMoreData, Parser.Parse([first, second], ref other).Status);

        Assert.Equal(ParseResult.Done(2), Parser.Parse([second, first], ref facts));
        Assert.Equal("b.example", facts.Tls!.ServerName);
        Assert.Equal(Initials.A, facts.Quic!.ConnectionId.ToArray());
        Assert.Equal(length + hello.Length, facts.Quic.HelloLength);
        Assert.False(Parser.BeginsAnew(first, facts));
        Assert.False(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(0, Initials.Hello("a.example"))), facts));
    }

    [Fact]
    public void What_repeats_the_judged_hello_is_not_new()
    {
        var facts = Judged("a.example");
        var hello = Initials.Hello("a.example");
        Assert.False(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(0, hello)), facts));
        Assert.False(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(20, hello.AsSpan(20, 9)), number: 7), facts));
        Assert.False(Parser.BeginsAnew(Initials.Packet([2, 0, 0, 0, 0], Initials.B, Initials.A), facts)); // ACK
        Assert.False(Parser.BeginsAnew(new byte[] { 0x40, 1, 2, 3 }, facts));
        Assert.False(Parser.BeginsAnew(default, facts));
        // Packets that authenticate with no keys: nobody reads them.
        Assert.False(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(0, hello), Initials.B, [7, 7, 7, 7, 7, 7, 7, 7]), facts));
    }

    [Fact]
    public void Another_hello_under_the_same_id_is_new_and_contradicts()
    {
        var facts = Judged("a.example");
        var other = Initials.Packet(Initials.Crypto(0, Initials.Hello("b.example")));
        Assert.True(Parser.BeginsAnew(other, facts));
        facts = Again(facts);
        Assert.Equal(ParseResult.Malformed("QUIC: CRYPTO frames contradict each other"), Parser.Parse([other], ref facts));
    }

    [Fact]
    public void What_follows_the_judged_hello_in_its_own_packets_is_new()
    {
        var facts = Judged("a.example");
        Assert.True(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(facts.Quic!.HelloLength, [1])), facts));
        Assert.True(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(facts.Quic.HelloLength - 1, [0, 1])), facts));
        Assert.True(Parser.BeginsAnew(Initials.Packet([0x0A]), facts));
    }

    [Fact]
    public void Another_id_or_version_is_a_new_connection()
    {
        var facts = Judged("a.example");
        foreach (var (id, version) in new (byte[], uint)[] { (Initials.B, 1), (Initials.A, 0x6B3343CF), (Initials.A, 0xFF00001D) })
        {
            var other = Initials.Packet(Initials.Crypto(0, Initials.Hello("b.example")), id, version: version);
            Assert.True(Parser.BeginsAnew(other, facts));
            // Behind another packet as well.
            var ack = Initials.Packet([2, 0, 0, 0, 0], Initials.B, Initials.A, length: 100);
            Assert.True(Parser.BeginsAnew([.. ack, .. other], facts));

            var again = Again(facts);
            Assert.Equal(ParseResult.Done(1), Parser.Parse([other], ref again));
            Assert.Equal("b.example", again.Tls!.ServerName);
            Assert.Equal(version, again.Quic!.Version);
            Assert.Equal(id, again.Quic.ConnectionId.ToArray());
            Assert.False(Parser.BeginsAnew(other, again));
        }
    }

    [Fact]
    public void The_first_connection_is_not_forgotten_over_a_second()
    {
        var facts = Again(Judged("a.example"));
        var length = facts.Quic!.HelloLength;
        Parser.Parse([Initials.Packet(Initials.Crypto(0, Initials.Hello("b.example")), Initials.B)], ref facts);
        byte[] id = [5, 5, 5, 5, 5, 5, 5, 5];
        var second = Initials.Packet(Initials.Crypto(length, Initials.Hello("c.example")), id, Initials.A);
        Assert.True(Parser.BeginsAnew(second, facts));
        facts = Again(facts);
        Assert.Equal(ParseResult.Done(1), Parser.Parse([second], ref facts));
        Assert.Equal("c.example", facts.Tls!.ServerName);
    }

    [Fact]
    public void A_connection_of_an_unknown_version_is_new_when_its_id_is()
    {
        var unknown = QuicInitialVectors.Read("synthetic-version-greased")[0].Span;
        var facts = default(FlowFacts);
        Parser.Parse([unknown.ToArray()], ref facts);
        Assert.Null(facts.Tls);
        Assert.False(Parser.BeginsAnew(unknown, facts));
        Assert.True(Parser.BeginsAnew(unknown, Judged("a.example")));
        Assert.True(Parser.BeginsAnew(QuicInitialVectors.Read("synthetic-version-unknown")[0].Span, facts));
        Assert.True(Parser.BeginsAnew(Initials.Packet(Initials.Crypto(0, Initials.Hello("a.example"))), facts));

        facts = Again(facts);
        Assert.Equal(ParseResult.Done(1), Parser.Parse([Initials.Packet(Initials.Crypto(0, Initials.Hello("a.example")))], ref facts));
    }

    // What a client sent to a real server, which here and there asked for something first.
    [Theory]
    [InlineData("gtlsclient-handshake", "one")]
    [InlineData("gtlsclient-retry", "one one")]
    [InlineData("gtlsclient-hello-retry", "one two")]
    public void Real_conversations(string name, string expected)
    {
        var seen = new List<string>();
        var facts = default(FlowFacts);
        foreach (var datagram in QuicInitialVectors.Read(name))
        {
            if (facts.Quic is not null && !Parser.BeginsAnew(datagram.Span, facts)) continue;
            var before = facts.Quic;
            facts = Again(facts);
            Assert.Equal(ParseResult.Done(1), Parser.Parse([datagram], ref facts));
            Assert.Equal("localhost", facts.Tls!.ServerName);
            var goesOn = before is not null && before.ConnectionId.Span.SequenceEqual(facts.Quic!.ConnectionId.Span);
            Assert.Equal(goesOn, before?.HelloLength < facts.Quic!.HelloLength);
            seen.Add(goesOn ? "two" : "one");
        }
        Assert.Equal(expected, string.Join(' ', seen));
    }

    private static FlowFacts Judged(string name)
    {
        var facts = default(FlowFacts);
        Assert.Equal(ParseResult.Done(1), Parser.Parse([Initials.Packet(Initials.Crypto(0, Initials.Hello(name)))], ref facts));
        return facts;
    }

    private static FlowFacts Again(FlowFacts facts)
    {
        facts.Protocol = null;
        facts.Tls = null;
        return facts;
    }

    private static string? NameOf(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams)
    {
        var facts = default(FlowFacts);
        Parser.Parse(datagrams, ref facts);
        return facts.Tls?.ServerName;
    }
}
