using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Rules;

namespace Calamary.Inspection;

/// <summary>A configuration's guard and rules, as a running proxy applies them.</summary>
internal sealed class OfflineJudge(CalamaryConfig config)
{
    private readonly DestinationGuard _guard = PolicyFactory.GuardOf(config);
    private readonly RuleSet _rules = new(config.Rules);

    /// <summary>Judges a flow of which everything is known that there will be.</summary>
    /// <param name="facts">The flow.</param>
    /// <param name="trace">Told about every comparison; null for none.</param>
    public Verdict Judge(FlowFacts facts, IRuleTrace? trace = null)
    {
        facts.Known = FactStages.All;
        return AddressJudge.Judge(ref facts, _rules, _guard, trace, out _) ?? throw new InvalidOperationException("a rule waits for what does not come");
    }
}
