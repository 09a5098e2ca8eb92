using Calamary.Core.Rules;
using Prometheus;

namespace Calamary.Core.Observability;

/// <summary>The metrics of the proxy: a shard of counters for each reactor thread, summed when they are scraped.</summary>
internal sealed class FlowMetrics
{
    /// <summary>The content type of the Prometheus text format.</summary>
    public const string TextType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The content type of OpenMetrics.</summary>
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly Lock _gate = new();
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricsExport _export;
    private MetricsShard[] _shards = [];
    private IRuleSet? _rules;

    /// <param name="version">The program's version, for <c>calamary_build_info</c>.</param>
    /// <param name="droppedLogLines">Tells how many log lines were dropped so far; null when other log providers are used.</param>
    public FlowMetrics(string version, Func<long>? droppedLogLines = null)
    {
        _export = new MetricsExport(Metrics.WithCustomRegistry(_registry), version, droppedLogLines);
        DotNetStats.Register(_registry);
        _registry.AddBeforeCollectCallback(Update);
    }

    /// <summary>Adds the counters of one more thread; any thread may call.</summary>
    public MetricsShard AddShard()
    {
        lock (_gate)
        {
            var shard = new MetricsShard(_rules);
            _shards = [.. _shards, shard];
            return shard;
        }
    }

    /// <summary>Takes another ruleset into force: its rule counters start at 0, which Prometheus sees as a counter reset.</summary>
    public void ResetRules(IRuleSet rules)
    {
        lock (_gate)
        {
            _rules = rules;
            foreach (var shard in _shards) shard.Use(rules);
        }
    }

    /// <summary>Makes room for the metrics of another part.</summary>
    /// <param name="update">Sets them before each scrape; any thread.</param>
    public IMetricFactory Extend(Action update)
    {
        _registry.AddBeforeCollectCallback(update);
        return Metrics.WithCustomRegistry(_registry);
    }

    /// <summary>Writes all metrics. They are collected on the thread pool, because that takes milliseconds with many rules or
    /// descriptors, and written to the stream at once by the caller.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="openMetrics">True for OpenMetrics (in which prometheus-net declares counters without <c>_total</c> as
    /// <c>unknown</c>, because their names are part of our contract), false for the Prometheus text format.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task WriteAsync(Stream output, bool openMetrics, CancellationToken cancellation)
    {
        var format = openMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
        using var text = new MemoryStream();
        await Task.Run(() => _registry.CollectAndExportAsTextAsync(text, format, cancellation), cancellation);
        await output.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), cancellation);
    }

    // Scrapes may overlap.
    private void Update()
    {
        lock (_gate) _export.Update(_shards, _rules);
    }
}
