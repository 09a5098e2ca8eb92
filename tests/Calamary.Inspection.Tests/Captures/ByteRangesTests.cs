using Calamary.Inspection.Captures;

namespace Calamary.Inspection.Tests.Captures;

public sealed class ByteRangesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_does_what_a_map_of_bytes_does(int seed)
    {
        const int limit = 200;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var (ranges, expected) = (new ByteRanges(limit), new byte?[limit]);
            for (var i = 0; i < 30; i++)
            {
                var piece = new byte[random.Next(40)];
                random.NextBytes(piece);
                var offset = random.Next(-20, limit + 20);
                ranges.Write(offset, piece);
                for (var j = 0; j < piece.Length; j++)
                    if (offset + j is >= 0 and < limit) expected[offset + j] ??= piece[j];
                Assert.Equal(expected.TakeWhile(static b => b is not null).Select(static b => b!.Value), ranges.Bytes.ToArray());
            }
        }
    }

    [Fact]
    public void Holes_are_bounded_and_the_first_one_can_still_be_filled()
    {
        var ranges = new ByteRanges(65_536);
        for (var i = 1; i < 30_000; i++) ranges.Write(2 * i, [1]);
        ranges.Write(0, new byte[60_000]);
        Assert.Equal(60_000, ranges.Length);
    }
}
