using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
using Calamary.Core.Tests.Protocols;
using Calamary.Core.Tests.Protocols.Quic;

namespace Calamary.Core.Tests.Peeking;

/// <summary>What becomes of a datagram behind a verdict, by the parsers that there are.</summary>
public sealed class DatagramWatchTests
{
    private static readonly ReadOnlyMemory<byte> OtherName = Initials.Packet(Initials.Crypto(0, Initials.Hello("other.example")), Initials.B);
    private static readonly ReadOnlyMemory<byte> SameId = Initials.Packet(Initials.Crypto(0, Initials.Hello("b.example")), Initials.A);
    private static readonly ReadOnlyMemory<byte> SameIdOtherName = Initials.Packet(Initials.Crypto(0, Initials.Hello("c.example")), Initials.A, number: 1);

    /// <summary>Comma: what was accepted; a minus in front: denied.</summary>
    [Theory]
    [InlineData("unknown", "junk", "Belongs")]
    [InlineData("unknown", "empty", "Belongs")]
    [InlineData("unknown", "short", "Belongs")]
    [InlineData("unknown", "quic", "Begins")]
    [InlineData("unknown", "quic/synthetic-two", "Begins")] // half a hello
    [InlineData("unknown", "dns", "Begins")]
    [InlineData("unknown", "stun", "Begins")]
    [InlineData("unknown", "ntp", "Begins")]
    [InlineData("unknown", "dtls", "Begins")]
    [InlineData("quic", "quic", "Belongs")]
    [InlineData("quic", "short", "Belongs")]
    [InlineData("quic", "junk", "Belongs")]
    [InlineData("quic", "other", "Begins")]
    [InlineData("quic", "dns", "Begins")]
    [InlineData("quic", "stun", "Begins")]
    [InlineData("same", "same", "Belongs")]
    [InlineData("same", "same-other", "Begins")] // another name under the same id
    [InlineData("-quic", "quic", "Denied")]
    [InlineData("unknown -quic", "quic", "Denied")]
    [InlineData("unknown -quic", "other", "Begins")]
    [InlineData("unknown -quic", "junk", "Belongs")]
    [InlineData("unknown -quic", "short", "Belongs")]
    [InlineData("quic -other", "other", "Denied")]
    [InlineData("quic -other", "quic", "Belongs")]
    [InlineData("-quic quic", "quic", "Belongs")] // accepted since
    [InlineData("dns", "dns", "Begins")]
    [InlineData("dns", "junk", "Begins")]
    [InlineData("dns", "empty", "Begins")]
    [InlineData("dns", "quic", "Begins")]
    [InlineData("dns -unknown", "junk", "Begins")]
    [InlineData("unknown -dns", "dns", "Begins")]
    [InlineData("unknown -dns", "junk", "Belongs")]
    [InlineData("stun", "stun", "Belongs")]
    [InlineData("stun", "junk", "Belongs")]
    [InlineData("stun", "dtls", "Begins")]
    [InlineData("stun", "quic", "Begins")]
    [InlineData("stun dtls", "dtls", "Belongs")]
    [InlineData("stun dtls", "stun", "Belongs")]
    [InlineData("stun dtls", "dns", "Begins")]
    [InlineData("unknown -stun", "stun", "Denied")]
    [InlineData("stun -dtls", "dtls", "Denied")]
    [InlineData("ntp", "ntp", "Belongs")]
    [InlineData("ntp", "ntp/synthetic-not-monlist", "Begins")]
    [InlineData("ntp", "junk", "Begins")]
    public void The_fate_of_a_datagram(string judged, string datagram, string fate) =>
        Assert.Equal(fate, After(judged).Look(DatagramsOf(datagram)[0]).ToString());

    /// <summary>Of the datagrams that a verdict needed, those that belong to it go out.</summary>
    [Fact]
    public void The_datagrams_of_one_hello_belong_together()
    {
        foreach (var vector in DatagramVector.Load("quic").Where(v => v.IsDone && v.Expected.TryGetProperty("anyorder", out _)))
        {
            // Those of another connection, which stand in front.
            if (vector.Name is "synthetic-other-connection-between" or "synthetic-retry-of-two") continue;
            var facts = default(FlowFacts);
            var count = QuicInitialVectors.Parser.Parse(vector.Datagrams, ref facts).Length;
            var watch = new DatagramWatch(ProtocolCatalog.Datagrams);
            watch.Remember(in facts, isAccepted: true);
            for (var i = 0; i < count; i++) Assert.True(watch.Look(vector.Datagrams[i]) == DatagramFate.Belongs, $"{vector.Name} {i}");
        }
    }

    [Theory]
    [InlineData("quic", "short")]
    [InlineData("quic", "quic")]
    [InlineData("unknown", "junk")]
    [InlineData("stun dtls", "dtls")]
    [InlineData("stun dtls", "junk")]
    [InlineData("ntp", "ntp")]
    public void Looking_allocates_nothing(string judged, string datagram)
    {
        var (watch, looked) = (After(judged), DatagramsOf(datagram)[0]);
        for (var i = 0; i < 50; i++) watch.Look(looked);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) watch.Look(looked);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static DatagramWatch After(string judged)
    {
        var watch = new DatagramWatch(ProtocolCatalog.Datagrams);
        var quic = default(QuicConnection);
        foreach (var word in judged.Split(' '))
        {
            var facts = new FlowFacts { Quic = quic };
            foreach (var parser in ProtocolCatalog.Datagrams)
            {
                if (facts.Protocol is null && word != "unknown" && word != "-unknown") parser.Parse(DatagramsOf(word.TrimStart('-')), ref facts);
            }
            facts.Protocol ??= ProtocolId.Unknown;
            Assert.Equal(word.EndsWith("unknown", StringComparison.Ordinal), facts.Protocol == ProtocolId.Unknown);
            watch.Remember(in facts, isAccepted: word[0] != '-');
            // As the association does it: what a second hello of the same connection is encrypted with.
            if (word[0] != '-') quic = facts.Quic;
        }
        return watch;
    }

    private static ReadOnlyMemory<byte>[] DatagramsOf(string name) => name switch
    {
        "junk" => [Enumerable.Range(0, 100).Select(i => (byte)(0x80 + i)).ToArray()],
        "empty" => [default],
        "short" => [(byte[])[0x41, .. Initials.A, .. new byte[50]]],
        "other" => [OtherName],
        "same" => [SameId],
        "same-other" => [SameIdOtherName],
        "quic" => Read("quic/gtlsclient"),
        "dns" => Read("dns/glibc"),
        "stun" => Read("stun/chromium-stun"),
        "ntp" => Read("ntp/chrony"),
        "dtls" => Read("dtls/openssl"),
        _ => Read(name),
    };

    private static ReadOnlyMemory<byte>[] Read(string name) => DatagramVector.Read(Path.Combine(AppContext.BaseDirectory, "TestData", $"{name}.bin"));
}
