using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

public sealed class CryptoStreamTests
{
    private readonly byte[] _memory = new byte[CryptoStream.MemoryLength];

    [Fact]
    public void Pieces_in_any_order_and_overlapping_make_the_whole()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var whole = new byte[random.Next(1, 700)];
            random.NextBytes(whole);
            random.NextBytes(_memory);
            var there = new bool[whole.Length];
            var stream = new CryptoStream(_memory);
            while (there.Contains(false))
            {
                var at = random.Next(whole.Length);
                var length = random.Next(1, Math.Min(200, whole.Length - at) + 1);
                Assert.Null(stream.Add(at, whole.AsSpan(at, length)));
                Array.Fill(there, true, at, length);
                var available = Array.IndexOf(there, false);
                Assert.Equal(available < 0 ? whole.Length : available, stream.Available.Length);
                Assert.Equal(Array.LastIndexOf(there, true) + 1, stream.End);
            }
            Assert.Equal(whole, stream.Available.ToArray());
        }
    }

    [Fact]
    public void Every_contradiction_is_found()
    {
        for (var at = 0; at < 200; at++)
        {
            var stream = new CryptoStream(_memory);
            Assert.Null(stream.Add(at, [7]));
            Assert.Equal(QuicErrors.CryptoConflict, stream.Add(0, new byte[200]));
        }
    }

    [Fact]
    public void The_last_byte_fits_and_no_more()
    {
        var stream = new CryptoStream(_memory);
        Assert.Null(stream.Add(CryptoStream.Capacity - 1, [7]));
        Assert.Equal(QuicErrors.CryptoLength, stream.Add(CryptoStream.Capacity, [7]));
        Assert.Equal(QuicErrors.CryptoLength, stream.Add((1L << 62) - 1, [7]));
        Assert.Null(stream.Add(0, new byte[CryptoStream.Capacity - 1]));
        Assert.Equal(CryptoStream.Capacity, stream.Available.Length);
    }
}
