using Calamary.Core.Rules;
using Prometheus;

namespace Calamary.Core.Observability;

/// <summary>Names the metrics and sets them from the sums over all shards.</summary>
internal sealed class MetricsExport
{
    private readonly List<(Counter.Child Counter, Func<MetricsShard, long> Count)> _counters = [];
    private readonly List<DurationExport> _durations = [];
    private readonly Gauge _connections;
    private readonly Counter _protocols;
    private readonly RuleExport _rules;
    private readonly Counter _droppedLogLines;
    private readonly Func<long>? _readDroppedLogLines;

    public MetricsExport(IMetricFactory factory, string version, Func<long>? droppedLogLines)
    {
        _readDroppedLogLines = droppedLogLines;
        AddTotal(factory, "calamary_bytes_rcv", "Bytes from servers to clients.", MetricsShard.Total.BytesReceived);
        AddTotal(factory, "calamary_bytes_sent", "Bytes from clients to servers.", MetricsShard.Total.BytesSent);
        _connections = factory.CreateGauge("calamary_current_connections", "Flows that have not ended.");
        AddTotal(factory, "calamary_req_tcp", "TCP flows and requests that were decided.", MetricsShard.Total.Tcp);
        AddTotal(factory, "calamary_req_udp", "UDP flows and requests that were decided.", MetricsShard.Total.Udp);

        var families = factory.CreateCounter("calamary_req_protoL3", "Decisions by network protocol.", ["protocol"]);
        Add(families, "IPv4", shard => shard.Totals[MetricsShard.Total.IPv4]);
        Add(families, "IPv6", shard => shard.Totals[MetricsShard.Total.IPv6]);
        _protocols = factory.CreateCounter("calamary_req_protoL5", "Decisions by application protocol.", ["protocol"]);
        var versions = factory.CreateCounter("calamary_req_tls_version", "Decisions by highest TLS version offered.", ["version"]);
        for (var i = 0; i < MetricsShard.TlsVersionCount; i++)
        {
            var index = i;
            Add(versions, MetricsShard.TlsVersionAt(i).ToName(), shard => shard.TlsVersions[index]);
        }
        var actions = factory.CreateCounter("calamary_rule_actions", "Decisions by action.", ["action"]);
        foreach (var action in Enum.GetValues<RuleAction>()) Add(actions, action.ToLabel(), shard => shard.Actions[(int)action]);
        _rules = new RuleExport(factory);
        var ends = factory.CreateCounter("calamary_flow_end", "Flows that ended, by reason.", ["reason"]);
        foreach (var reason in Enum.GetValues<EndReason>().Where(r => r != EndReason.None)) Add(ends, reason.ToLabel(), shard => shard.Ends[(int)reason]);

        var losses = factory.CreateCounter("calamary_datagrams_dropped", "Datagrams that went nowhere, by reason.", ["reason"]);
        foreach (var why in Enum.GetValues<DatagramLoss>()) Add(losses, why.ToString().ToLowerInvariant(), shard => shard.DatagramLosses[(int)why]);

        AddDuration(factory, "calamary_dial_seconds", "Time to connect to a server.", shard => shard.Dials);
        AddDuration(factory, "calamary_decision_seconds", "Time from accept to verdict.", shard => shard.Decisions);
        AddDuration(factory, "calamary_dns_seconds", "Time to resolve a name.", shard => shard.Lookups);
        _droppedLogLines = factory.CreateCounter("calamary_log_lines_dropped", "Log lines dropped because the output was too slow.");
        factory.CreateGauge("calamary_build_info", "Always 1; the label tells the version.", ["version"]).WithLabels(version).Set(1);
    }

    public void Update(MetricsShard[] shards, IRuleSet? rules)
    {
        foreach (var (counter, count) in _counters) counter.IncTo(shards.Sum(count));
        _connections.Set(shards.Sum(Running));
        foreach (var group in shards.SelectMany(shard => shard.Protocols.Read()).GroupBy(seen => seen.Protocol.Label))
        {
            _protocols.WithLabels(group.Key).IncTo(group.Sum(seen => seen.Count));
        }
        foreach (var duration in _durations) duration.Update(shards);
        _rules.Update(shards, rules);
        if (_readDroppedLogLines is { } read) _droppedLogLines.IncTo(read());
    }

    // The ends are read before the starts: what happens in between must not make the gauge negative.
    private static long Running(MetricsShard shard)
    {
        long ended = 0;
        for (var i = 0; i < shard.Ends.Count; i++) ended += shard.Ends[i];
        return shard.Totals[MetricsShard.Total.Started] - ended;
    }

    private void AddTotal(IMetricFactory factory, string name, string help, int index) =>
        _counters.Add((factory.CreateCounter(name, help).WithLabels(), shard => shard.Totals[index]));

    private void AddDuration(IMetricFactory factory, string name, string help, Func<MetricsShard, DurationCounters> select) =>
        _durations.Add(new DurationExport(factory, name, help, select));

    private void Add(Counter counter, string label, Func<MetricsShard, long> count) =>
        _counters.Add((counter.WithLabels(label), count));
}
