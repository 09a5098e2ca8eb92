using System.Globalization;
using Calamary.Core.Rules;
using Prometheus;

namespace Calamary.Core.Observability;

/// <summary>The counters of the rules in force. A rule appears when it is first evaluated or matched.</summary>
internal sealed class RuleExport(IMetricFactory factory)
{
    private readonly Counter _hits = factory.CreateCounter("calamary_rule_hits", "How often a rule was evaluated.", ["ruleId"]);
    private readonly Counter _matches = factory.CreateCounter("calamary_rule_matches", "How often a rule decided.", ["ruleId"]);
    private IRuleSet? _current;

    public void Update(MetricsShard[] shards, IRuleSet? rules)
    {
        if (!ReferenceEquals(_current, rules))
        {
            Clear(_hits);
            Clear(_matches);
            _current = rules;
        }
        if (rules is null) return;
        var counters = Array.ConvertAll(shards, shard => shard.Rules!);
        var evaluated = counters.Sum(counter => counter.StoppedAt(rules.Count));
        for (var rule = rules.Count - 1; rule >= 0; rule--)
        {
            var matched = counters.Sum(counter => counter.StoppedAt(rule));
            evaluated += matched;
            if (evaluated == 0) continue;
            var id = rule.ToString(CultureInfo.InvariantCulture);
            _hits.WithLabels(id).IncTo(evaluated);
            if (matched > 0) _matches.WithLabels(id).IncTo(matched);
        }
    }

    private static void Clear(Counter counter)
    {
        foreach (var labels in counter.GetAllLabelValues().ToArray()) counter.RemoveLabelled(labels);
    }
}
