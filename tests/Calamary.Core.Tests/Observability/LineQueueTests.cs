using System.Text;
using Calamary.Core.Observability;

namespace Calamary.Core.Tests.Observability;

public class LineQueueTests
{
    private static readonly byte[] Line = Encoding.ASCII.GetBytes(new string('x', 999) + "\n");

    [Fact]
    public void Lines_arrive_without_dispose()
    {
        using var output = new GatedStream(open: true);
        using var queue = new LineQueue(output, _ => []);
        for (var i = 0; i < 3; i++)
        {
            queue.Append("a\n"u8);
            var expected = (i + 1) * 2;
            Assert.True(SpinWait.SpinUntil(() => output.Length == expected, TimeSpan.FromSeconds(5)));
        }
    }

    [Fact]
    public void A_stuck_output_never_blocks_and_the_loss_is_told_once_it_flows()
    {
        using var output = new GatedStream(open: false);
        var queue = new LineQueue(output, count => Encoding.ASCII.GetBytes($"{count} log lines dropped\n"));
        const int Count = 10_000;
        for (var i = 0; i < Count; i++) queue.Append(Line);
        Assert.InRange(queue.Dropped, 1, Count);
        output.Open();
        Assert.True(SpinWait.SpinUntil(() => output.Text.EndsWith("dropped\n", StringComparison.Ordinal), TimeSpan.FromSeconds(5)));
        queue.Append("after\n"u8);
        queue.Dispose();
        var lines = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Count - queue.Dropped + 2, lines.Length);
        Assert.Equal([$"{queue.Dropped} log lines dropped", "after"], lines[^2..]);
        Assert.InRange(output.Writes, 1, 100);
    }

    [Fact]
    public void A_broken_output_is_survived()
    {
        using var output = new GatedStream(open: true) { Broken = true };
        using var queue = new LineQueue(output, _ => []);
        queue.Append(Line);
        Assert.True(SpinWait.SpinUntil(() => output.Writes > 0, TimeSpan.FromSeconds(5)));
        output.Broken = false;
        queue.Append("b\n"u8);
        Assert.True(SpinWait.SpinUntil(() => output.Text == "b\n", TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Dispose_gives_up_on_a_stuck_output()
    {
        using var output = new GatedStream(open: false);
        var queue = new LineQueue(output, _ => []);
        queue.Append(Line);
        var start = TimeProvider.System.GetTimestamp();
        queue.Dispose();
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.5, 5);
        queue.Append(Line);
        queue.Dispose();
        output.Open();
    }

    [Fact]
    public void Lines_of_many_threads_stay_whole()
    {
        using var output = new GatedStream(open: true);
        var queue = new LineQueue(output, _ => []);
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 1000; i++) queue.Append(Encoding.ASCII.GetBytes($"{thread}:{i}\n"));
        });
        queue.Dispose();
        var lines = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(8000, lines.Length);
        foreach (var ofThread in lines.GroupBy(line => line[0]))
        {
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{ofThread.Key}:{i}"), ofThread);
        }
    }

    /// <summary>A stream whose writes wait until it is opened.</summary>
    private sealed class GatedStream(bool open) : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new(open);
        private readonly Lock _gate = new();
        private int _writes;

        public bool Broken { get; set; }

        public int Writes => Volatile.Read(ref _writes);

        public string Text
        {
            get { lock (_gate) return Encoding.ASCII.GetString(ToArray()); }
        }

        public void Open() => _open.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _open.Wait();
            lock (_gate)
            {
                _writes++;
                if (Broken) throw new IOException("Broken pipe");
                base.Write(buffer);
            }
        }
    }
}
