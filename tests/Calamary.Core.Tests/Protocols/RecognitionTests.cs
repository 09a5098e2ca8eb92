using System.Text;
using System.Text.RegularExpressions;
using Calamary.Core.Protocols;

namespace Calamary.Core.Tests.Protocols;

/// <summary>What every parser promises, over the first bytes of much software: recognised by one parser alone, in any cut, without a throw or an allocation.</summary>
public sealed partial class RecognitionTests
{
    private static readonly List<Sample> All = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "TestData/recognition/first-bytes.txt")).Where(l => l.Length > 0 && l[0] != '#').Select(Read)];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, All.Count)];

    [Theory, MemberData(nameof(Numbers))]
    public void One_protocol_is_recognised_or_none(int number)
    {
        var sample = All[number];
        foreach (var (id, parse) in Parsers(sample))
        {
            var facts = Facts(sample);
            var result = parse(sample.Bytes, ref facts);
            // A few bytes may still become anything, and a greeting of several lines is of two kinds.
            var isRight = id == sample.Protocol ? result.Status is ParseStatus.Done or ParseStatus.NoMatch
                : result.Status is ParseStatus.NoMatch or ParseStatus.Malformed || (result.Status == ParseStatus.NeedMoreData && (sample.Bytes.Length < 16 || sample.Kind == "server"));
            Assert.True(isRight, $"{id}: {result} for {sample.Protocol} {Encoding.Latin1.GetString(sample.Bytes)}");
        }
        if (sample.Protocol != "-") Assert.Contains(Parsers(sample), p => p.Id == sample.Protocol && Done(p.Parse, sample));
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Prefixes_and_what_follows_change_nothing(int number)
    {
        var sample = All[number];
        if (sample.Kind == "datagram") return;
        foreach (var (_, parse) in Parsers(sample))
        {
            var facts = Facts(sample);
            var whole = parse([.. sample.Bytes, .. new byte[40]], ref facts);
            var decided = false;
            for (var length = 0; length <= sample.Bytes.Length; length++)
            {
                facts = Facts(sample);
                var result = parse(sample.Bytes.AsSpan(0, length), ref facts);
                if (result.Status == ParseStatus.NeedMoreData)
                {
                    Assert.False(decided);
                    Assert.True(result.Length > length);
                    Assert.Null(facts.Protocol);
                    continue;
                }
                decided = true;
                if (result.Status == ParseStatus.Done) Assert.Equal(result, whole);
                if (whole.Status == ParseStatus.Done) Assert.Equal(whole, result);
            }
        }
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Flipped_bytes_never_throw(int number)
    {
        var sample = All[number];
        var bytes = sample.Bytes.ToArray();
        foreach (var (_, parse) in Parsers(sample))
            for (var at = 0; at < bytes.Length; at++)
            {
                var original = bytes[at];
                foreach (var value in new[] { 0, 1, 0x7F, 0xFF, original ^ 1, original ^ 0x80, original + 1, original - 1, '\n', ' ' })
                {
                    bytes[at] = (byte)value;
                    var facts = Facts(sample);
                    var result = parse(bytes, ref facts);
                    if (result.Status == ParseStatus.Done) Assert.InRange(result.Length, 1, bytes.Length);
                    else Assert.Null(facts.Protocol);
                }
                bytes[at] = original;
            }
    }

    [Fact]
    public void Rejecting_allocates_nothing()
    {
        foreach (var sample in All.Concat(All))
        {
            foreach (var (id, parse) in Parsers(sample).Where(p => p.Id != sample.Protocol))
            {
                var facts = Facts(sample);
                parse(sample.Bytes, ref facts);
                var before = GC.GetAllocatedBytesForCurrentThread();
                parse(sample.Bytes, ref facts);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before - (sample.Kind == "datagram" ? DatagramCost(sample) : 0));
                Assert.NotNull(id);
            }
        }
    }

    private delegate ParseResult Parse(ReadOnlySpan<byte> input, ref FlowFacts facts);

    // The array and its memory that the datagram is handed over in.
    private static long DatagramCost(Sample sample)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadOnlyMemory<byte>[] datagrams = [sample.Bytes.ToArray()];
        GC.KeepAlive(datagrams);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool Done(Parse parse, Sample sample)
    {
        var facts = Facts(sample);
        return parse(sample.Bytes, ref facts).Status == ParseStatus.Done && facts.Protocol?.Name == sample.Protocol;
    }

    private static FlowFacts Facts(Sample sample) => new() { Destination = new(default, sample.Port) };

    private static IEnumerable<(string Id, Parse Parse)> Parsers(Sample sample) => sample.Kind switch
    {
        "client" => ProtocolCatalog.BuiltIn.Select(p => (p.Protocol.Name, (Parse)p.Parse)),
        "server" => ProtocolCatalog.Greetings.Select(p => (p.Protocol.Name, (Parse)p.Parse)),
        _ => ProtocolCatalog.Datagrams.Select(p => (p.Protocol.Name, (Parse)((input, ref facts) =>
        {
            ReadOnlyMemory<byte>[] datagrams = [input.ToArray()];
            return p.Parse(datagrams, ref facts);
        }))),
    };

    private static Sample Read(string line)
    {
        var parts = line.Split(' ', 4);
        var text = parts[3];
        var bytes = text.StartsWith("hex:", StringComparison.Ordinal) ? Hex(text[4..].Replace(" ", "", StringComparison.Ordinal)) : Text(text);
        return new(parts[0], parts[1], ushort.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture), bytes);
    }

    // "+20" are so many random bytes.
    private static byte[] Hex(string text)
    {
        var bytes = new List<byte>();
        foreach (Match part in HexPart().Matches(text))
        {
            if (!part.Value.StartsWith('+'))
            {
                var digits = part.Value.Length % 2 == 0 ? part.Value : part.Value[..^1];
                bytes.AddRange(Convert.FromHexString(digits));
                continue;
            }
            var random = new byte[int.Parse(part.Value.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)];
            new Random(7).NextBytes(random);
            bytes.AddRange(random);
        }
        return [.. bytes];
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(Escape().Replace(text, match => match.Value switch
    {
        "\\r" => "\r",
        "\\n" => "\n",
        "\\0" => "\0",
        var hex => ((char)Convert.ToInt32(hex[2..], 16)).ToString(),
    }));

    [GeneratedRegex(@"\\r|\\n|\\0|\\x[0-9a-f]{2}")]
    private static partial Regex Escape();

    [GeneratedRegex(@"\+[0-9]+|[0-9a-f]+")]
    private static partial Regex HexPart();

    private sealed record Sample(string Protocol, string Kind, ushort Port, byte[] Bytes);
}
