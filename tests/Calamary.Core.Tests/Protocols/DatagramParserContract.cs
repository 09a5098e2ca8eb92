using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Protocols;

/// <summary>What every parser of datagrams promises, over all of its vectors.</summary>
public abstract class DatagramParserContract<TSet> where TSet : IDatagramVectorSet
{
    private static readonly Dictionary<string, DatagramVector> All = DatagramVector.Load(TSet.Folder).ToDictionary(v => v.Name);

#pragma warning disable CA1000 // MemberData finds it by the closed type
    public static TheoryData<string> Names => [.. All.Keys];
#pragma warning restore CA1000

    [Theory, MemberData(nameof(Names))]
    public void Outcome_is_the_expected_one(string name) => Assert.Equal(Expected(All[name]), Parse(All[name].Datagrams, out _));

    [Theory, MemberData(nameof(Names))]
    public void Every_prefix_needs_more_or_is_decided_for_good(string name)
    {
        var vector = All[name];
        var decided = 0;
        for (var count = 1; count <= vector.Datagrams.Length; count++)
        {
            var outcome = Parse(vector.Datagrams.AsSpan(0, count), out var result);
            if (result.Status == ParseStatus.NeedMoreData)
            {
                Assert.Equal(0, decided);
                Assert.Equal(count + 1, result.Length);
                continue;
            }
            Assert.Equal(Expected(vector), outcome);
            if (decided == 0) decided = count;
            if (result.Status == ParseStatus.Done) Assert.Equal(decided, result.Length);
        }
        Assert.Equal(vector.IsWaiting, decided == 0);
    }

    [Theory, MemberData(nameof(Names))]
    public void More_datagrams_change_nothing(string name)
    {
        var vector = All[name];
        if (vector.IsWaiting) return;
        foreach (var tail in new ReadOnlyMemory<byte>[][] { [default], [new byte[100]], [new byte[] { 22, 3, 1, 0, 0 }], vector.Datagrams })
            Assert.Equal(Expected(vector), Parse([.. vector.Datagrams, .. tail], out _));
    }

    [Theory, MemberData(nameof(Names))]
    public void Other_orders_give_the_same_facts(string name)
    {
        var vector = All[name];
        foreach (var datagrams in TSet.Reorder(vector)) Assert.Equal(Expected(vector), Parse(datagrams, out _));
    }

    [Theory, MemberData(nameof(Names))]
    public void Flipped_bytes_never_throw(string name)
    {
        var vector = All[name];
        // Every byte of an ordinary vector; of the few large ones, some.
        var step = 1 + vector.Datagrams.Sum(d => d.Length) / 600;
        for (var which = 0; which < vector.Datagrams.Length; which++)
        {
            var bytes = vector.Datagrams[which].ToArray();
            ReadOnlyMemory<byte>[] datagrams = [.. vector.Datagrams];
            datagrams[which] = bytes;
            for (var at = 0; at < bytes.Length; at += step)
            {
                var original = bytes[at];
                foreach (var value in new[] { 0, 0xFF, original ^ 1, original ^ 0x80, original + 1 })
                {
                    bytes[at] = (byte)value;
                    ParseAny(datagrams);
                }
                bytes[at] = original;
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Cut_datagrams_never_throw(string name)
    {
        var vector = All[name];
        var step = 1 + vector.Datagrams.Sum(d => d.Length) / 600;
        for (var which = 0; which < vector.Datagrams.Length; which++)
        {
            ReadOnlyMemory<byte>[] datagrams = [.. vector.Datagrams];
            for (var length = 0; length < vector.Datagrams[which].Length; length += step)
            {
                datagrams[which] = vector.Datagrams[which][..length];
                ParseAny(datagrams);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Rejecting_and_waiting_allocate_nothing(string name)
    {
        var vector = All[name];
        var count = vector.Datagrams.Length;
        if (vector.IsDone)
        {
            Parse(vector.Datagrams, out var done);
            count = done.Length - 1;
        }
        var facts = default(FlowFacts);
        if (count > 0) TSet.Parser.Parse(vector.Datagrams.AsSpan(0, count), ref facts); // warms the pool
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = count; n > 0; n--) TSet.Parser.Parse(vector.Datagrams.AsSpan(0, n), ref facts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(facts.Protocol);
    }

    [Theory, MemberData(nameof(Names))]
    public void Looking_at_later_datagrams_allocates_nothing(string name)
    {
        var vector = All[name];
        var facts = default(FlowFacts);
        TSet.Parser.Parse(vector.Datagrams, ref facts);
        foreach (var datagram in vector.Datagrams) TSet.Parser.BeginsAnew(datagram.Span, facts);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var datagram in vector.Datagrams) TSet.Parser.BeginsAnew(datagram.Span, facts);
        TSet.Parser.BeginsAnew(default, facts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Expected(DatagramVector vector) =>
        vector.IsNoMatch ? "no match" : vector.IsWaiting ? "need more" : vector.Error ?? TSet.Describe(vector);

    private static void ParseAny(ReadOnlyMemory<byte>[] datagrams)
    {
        Parse(datagrams, out var result);
        if (result.Status == ParseStatus.Done) Assert.InRange(result.Length, 1, datagrams.Length);
        if (result.Status == ParseStatus.NeedMoreData) Assert.Equal(datagrams.Length + 1, result.Length);
        var facts = default(FlowFacts);
        facts.Protocol = TSet.Parser.Protocol;
        foreach (var datagram in datagrams) TSet.Parser.BeginsAnew(datagram.Span, facts);
    }

    private static string Parse(ReadOnlySpan<ReadOnlyMemory<byte>> datagrams, out ParseResult result)
    {
        var facts = default(FlowFacts);
        result = TSet.Parser.Parse(datagrams, ref facts);
        if (result.Status != ParseStatus.Done) Assert.True(facts is { Protocol: null, Tls: null, Dns: null, Quic: null });
        return result.Status switch
        {
            ParseStatus.Done => TSet.Describe(facts, result.Length),
            ParseStatus.Malformed => result.Error!,
            ParseStatus.NoMatch => "no match",
            _ => "need more",
        };
    }
}
