using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Protocols;

/// <summary>What every parser promises, over all of its vectors.</summary>
public abstract class ParserContract<TSet> where TSet : IVectorSet
{
    private static readonly Dictionary<string, Vector> All = Vector.Load(TSet.Folder).ToDictionary(v => v.Name);

#pragma warning disable CA1000 // MemberData finds it by the closed type
    public static TheoryData<string> Names => [.. All.Keys];
#pragma warning restore CA1000

    [Theory, MemberData(nameof(Names))]
    public void Outcome_is_the_expected_one(string name) => Assert.Equal(Expected(All[name]), Parse(All[name].Bytes, out _));

    [Theory, MemberData(nameof(Names))]
    public void Every_prefix_needs_more_or_is_decided_for_good(string name)
    {
        var vector = All[name];
        var decided = 0;
        var highestBound = 0;
        for (var length = 0; length <= vector.Bytes.Length; length++)
        {
            var outcome = Parse(vector.Bytes.AsSpan(0, length), out var result);
            if (result.Status != ParseStatus.NeedMoreData)
            {
                Assert.Equal(Expected(vector), outcome);
                if (decided == 0) decided = length;
                continue;
            }
            Assert.Equal(0, decided);
            Assert.True(result.Length > length, $"{length} bytes need more, but only {result.Length}");
            highestBound = Math.Max(highestBound, result.Length);
        }
        Assert.NotEqual(0, decided);
        if (vector.IsDone) Assert.True(highestBound <= decided, $"{highestBound} bytes were asked for, {decided} are enough");
    }

    [Theory, MemberData(nameof(Names))]
    public void Trailing_bytes_change_nothing(string name)
    {
        var vector = All[name];
        foreach (var tail in new[] { new byte[100], [22, 3, 1, 0, 0], "\r\n\r\nGET / HTTP/1.1\r\n"u8.ToArray(), vector.Bytes })
            Assert.Equal(Expected(vector), Parse([.. vector.Bytes, .. tail], out _));
    }

    [Theory, MemberData(nameof(Names))]
    public void Other_cuts_give_the_same_facts(string name)
    {
        var vector = All[name];
        foreach (var cut in TSet.Reframe(vector)) Assert.Equal(Expected(vector), Parse(cut, out _));
    }

    [Theory, MemberData(nameof(Names))]
    public void Flipped_bytes_never_throw(string name)
    {
        var bytes = All[name].Bytes.ToArray();
        // Every byte of an ordinary vector; of the few large ones, some.
        var step = Math.Max(1, bytes.Length / 3000);
        for (var at = 0; at < bytes.Length; at += step)
        {
            var original = bytes[at];
            foreach (var value in new[] { 0, 1, 0xFF, original ^ 1, original ^ 0x80, original + 1, original - 1, '\n' })
            {
                bytes[at] = (byte)value;
                Parse(bytes, out var result);
                if (result.Status == ParseStatus.Done) Assert.InRange(result.Length, 1, bytes.Length);
            }
            bytes[at] = original;
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Rejecting_and_waiting_allocate_nothing(string name)
    {
        var vector = All[name];
        var length = vector.IsDone ? Array.FindIndex([.. Enumerable.Range(0, vector.Bytes.Length)], n => IsDone(vector, n + 1)) : vector.Bytes.Length;
        var facts = default(FlowFacts);
        TSet.Parser.Parse(vector.Bytes.AsSpan(0, length), ref facts); // warms the pool
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = length; n >= 0; n -= 1 + length / 500) TSet.Parser.Parse(vector.Bytes.AsSpan(0, n), ref facts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(facts.Protocol);
    }

    private static bool IsDone(Vector vector, int length)
    {
        Parse(vector.Bytes.AsSpan(0, length), out var result);
        return result.Status == ParseStatus.Done;
    }

    private static string Expected(Vector vector) =>
        vector.IsNoMatch ? "no match" : vector.Error ?? TSet.Describe(vector);

    private static string Parse(ReadOnlySpan<byte> input, out ParseResult result)
    {
        var facts = default(FlowFacts);
        result = TSet.Parser.Parse(input, ref facts);
        if (result.Status != ParseStatus.Done) Assert.True(facts.Protocol is null && facts.Tls is null);
        return result.Status switch
        {
            ParseStatus.Done => TSet.Describe(facts, result.Length),
            ParseStatus.Malformed => result.Error!,
            ParseStatus.NoMatch => "no match",
            _ => "need more",
        };
    }
}
