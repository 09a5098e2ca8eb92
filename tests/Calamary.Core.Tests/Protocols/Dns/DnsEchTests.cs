using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Tests.Protocols.Dns;

public sealed class DnsEchTests
{
    private static readonly Dictionary<string, EchVector> All = EchVector.Load().ToDictionary(v => v.Name);

    public static TheoryData<string> Names => [.. All.Keys];

    public static TheoryData<string> Stripped => [.. All.Values.Where(v => v.Outcome == DnsEchOutcome.Stripped).Select(v => v.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Outcome_is_the_expected_one(string name)
    {
        var vector = All[name];
        var stripped = Strip(vector.Message, out var outcome);
        Assert.Equal(vector.Outcome, outcome);
        if (outcome == DnsEchOutcome.Unchanged) Assert.Equal(vector.Message, stripped);
        if (outcome != DnsEchOutcome.Stripped) return;
        if (Environment.GetEnvironmentVariable("CALAMARY_WRITE_ECH") is not null) EchVector.Write(name, stripped);
        else Assert.Equal(vector.Stripped, stripped);
    }

    [Theory, MemberData(nameof(Stripped))]
    public void Nothing_but_ech_is_missing(string name) =>
        Assert.Equal(new PlainMessage(All[name].Message).Read(true), new PlainMessage(Strip(All[name].Message, out _)).Read(false));

    [Theory, MemberData(nameof(Stripped))]
    public void A_stripped_message_has_nothing_to_strip(string name)
    {
        var stripped = Strip(All[name].Message, out _);
        Assert.Equal(stripped, Strip(stripped, out var outcome));
        Assert.Equal(DnsEchOutcome.Unchanged, outcome);
    }

    [Theory, MemberData(nameof(Names))]
    public void Nothing_is_allocated(string name)
    {
        var vector = All[name];
        var message = vector.Message.ToArray();
        DnsEch.Strip(message, out _); // warms the pool
        vector.Message.CopyTo(message, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        DnsEch.Strip(message, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, MemberData(nameof(Names))]
    public void Flipped_and_cut_bytes_never_throw(string name)
    {
        var original = All[name].Message;
        var step = 1 + original.Length / 1500;
        for (var at = 0; at < original.Length; at += step)
        {
            foreach (var value in new[] { 0, 0xFF, 0xC0, original[at] ^ 1, original[at] ^ 0x80, original[at] + 1 })
            {
                var bytes = original.ToArray();
                bytes[at] = (byte)value;
                CheckHolds(bytes);
            }
            CheckHolds(original[..at]);
        }
    }

    [Fact]
    public void Random_edits_leave_all_that_is_not_ech()
    {
        var random = new Random(1);
        var seeds = All.Values.Where(v => v.Message.Length is > 12 and < 2000).Select(v => v.Message).ToArray();
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            for (var edits = random.Next(1, 4); edits > 0; edits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            CheckHolds(bytes);
        }
    }

    private static void CheckHolds(byte[] message)
    {
        var stripped = Strip(message, out var outcome);
        if (outcome == DnsEchOutcome.Unchanged) Assert.Equal(message, stripped);
        if (outcome == DnsEchOutcome.Malformed) Assert.Empty(stripped);
        if (outcome != DnsEchOutcome.Stripped) return;
        Assert.True(stripped.Length < message.Length);
        Strip(stripped, out var again);
        Assert.Equal(DnsEchOutcome.Unchanged, again);
        if (TryRead(message) is { } expected) Assert.Equal(expected, new PlainMessage(stripped).Read(false));
    }

    private static List<string>? TryRead(byte[] message)
    {
        try
        {
            var plain = new PlainMessage(message);
            var lines = plain.Read(true);
            return plain.HasOddPointers ? null : lines;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static byte[] Strip(byte[] message, out DnsEchOutcome outcome)
    {
        var copy = message.ToArray();
        outcome = DnsEch.Strip(copy, out var length);
        return copy[..length];
    }
}
