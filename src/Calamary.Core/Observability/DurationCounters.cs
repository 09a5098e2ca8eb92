namespace Calamary.Core.Observability;

/// <summary>A histogram of durations that one thread observes and any thread reads.</summary>
internal sealed class DurationCounters
{
    private readonly CounterBank _counts = new(UpperBounds.Length + 1);
    private readonly CounterBank _ticks = new(UpperBounds.Length + 1);

    /// <summary>The buckets' upper bounds, inclusive, in seconds; one more bucket is for what is longer.</summary>
    public static double[] UpperBounds { get; } =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly long[] UpperTicks = Array.ConvertAll(UpperBounds, seconds => TimeSpan.FromSeconds(seconds).Ticks);

    /// <summary>Counts a duration; the owning thread only.</summary>
    public void Observe(TimeSpan duration)
    {
        var ticks = Math.Max(duration.Ticks, 0);
        var bucket = 0;
        while (bucket < UpperTicks.Length && ticks > UpperTicks[bucket]) bucket++;
        _counts.Add(bucket);
        _ticks.Add(bucket, ticks);
    }

    /// <summary>How many durations fell into the bucket.</summary>
    public long Count(int bucket) => _counts[bucket];

    /// <summary>The sum of the durations in the bucket, in ticks of 100 ns.</summary>
    public long Ticks(int bucket) => _ticks[bucket];
}
