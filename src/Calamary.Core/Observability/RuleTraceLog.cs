using Calamary.Core.Rules;

namespace Calamary.Core.Observability;

/// <summary>Writes the comparisons of the rules for one flow to the log.</summary>
internal sealed class RuleTraceLog(FlowLog log, in FlowFacts facts) : IRuleTrace
{
    private readonly FlowFacts _facts = facts;

    public void Compared(int rule, string criterion, string values, string actual, Truth outcome) =>
        log.Compared(_facts, rule, criterion, values, actual);

    public void Applied(int rule, RuleAction action) => log.Applied(_facts, rule, action);
}
