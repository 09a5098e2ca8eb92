using System.Globalization;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>port</c>: the destination's port.</summary>
internal sealed class DestinationPortCriterion(Operands<RangeSet<ushort>> operands)
    : Criterion<ushort, RangeSet<ushort>>(operands, "DPort", mayBeAbsent: false)
{
    public override FactStages Needs => FactStages.None;

    public override CriterionCost Cost => CriterionCost.Range;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<(ushort, ushort), RangeSet<ushort>>(PortRange.TryParse, static ranges => new(ranges)) is { } operands
            ? new DestinationPortCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out ushort fact)
    {
        fact = facts.Destination.Port;
        return (facts.Lacks & FlowParts.DestinationPort) == 0 ? FactState.Present : FactState.Absent;
    }

    protected override string Format(ushort fact) => fact.ToString(CultureInfo.InvariantCulture);
}
