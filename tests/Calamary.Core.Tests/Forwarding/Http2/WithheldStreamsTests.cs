using Calamary.Core.Forwarding.Http2;

namespace Calamary.Core.Tests.Forwarding.Http2;

public sealed class WithheldStreamsTests
{
    [Fact]
    public void As_a_plain_set_of_the_latest()
    {
        var random = new Random(1);
        var (streams, plain, latest) = (new WithheldStreams(), new HashSet<int>(), 1);
        Assert.False(streams.Contains(1));
        for (var i = 0; i < 20_000; i++)
        {
            latest += 2 * random.Next(1, i % 1000 == 0 ? 40_000 : 5);
            streams.Add(latest);
            plain.Add(latest);
            var probe = latest - 2 * random.Next(0, 70_000);
            if (probe > 0) Assert.Equal(plain.Contains(probe) && latest - probe < 2 * 65_536, streams.Contains(probe));
            Assert.False(streams.Contains(latest + 2));
            Assert.False(streams.Contains(latest + 1));
        }
        streams.Add(int.MaxValue);
        Assert.True(streams.Contains(int.MaxValue));
        Assert.False(streams.Contains(latest));
    }

    [Fact]
    public void An_older_one_may_come_later()
    {
        var streams = new WithheldStreams();
        streams.Add(9);
        streams.Add(1);
        Assert.True(streams.Contains(1) && streams.Contains(9) && !streams.Contains(5));
    }
}
