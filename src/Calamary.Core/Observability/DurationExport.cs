using Prometheus;

namespace Calamary.Core.Observability;

/// <summary>Carries a histogram of the shards over to prometheus-net, which can only be told of observations: each bucket's new ones
/// are reported as so many of their mean, which keeps counts and sum.</summary>
internal sealed class DurationExport(IMetricFactory factory, string name, string help, Func<MetricsShard, DurationCounters> select)
{
    private readonly Histogram _histogram = factory.CreateHistogram(name, help, new() { Buckets = DurationCounters.UpperBounds });
    private readonly long[] _counts = new long[DurationCounters.UpperBounds.Length + 1];
    private readonly long[] _ticks = new long[DurationCounters.UpperBounds.Length + 1];

    public void Update(MetricsShard[] shards)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            var count = shards.Sum(shard => select(shard).Count(bucket));
            var ticks = shards.Sum(shard => select(shard).Ticks(bucket));
            var observed = count - _counts[bucket];
            if (observed <= 0) continue;
            var mean = (ticks - _ticks[bucket]) / (double)observed / TimeSpan.TicksPerSecond;
            _histogram.Observe(Clamp(mean, bucket), observed);
            (_counts[bucket], _ticks[bucket]) = (count, ticks);
        }
    }

    // Rounding, or an observation between the two reads, must not move the mean into another bucket.
    private static double Clamp(double mean, int bucket)
    {
        var bounds = DurationCounters.UpperBounds;
        var low = bucket == 0 ? 0 : Math.BitIncrement(bounds[bucket - 1]);
        return Math.Clamp(mean, low, bucket < bounds.Length ? bounds[bucket] : double.MaxValue);
    }
}
