using System.Globalization;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>sport</c>: the client's port.</summary>
internal sealed class SourcePortCriterion(Operands<RangeSet<ushort>> operands)
    : Criterion<ushort, RangeSet<ushort>>(operands, "SPort", mayBeAbsent: false)
{
    public override FactStages Needs => FactStages.None;

    public override CriterionCost Cost => CriterionCost.Range;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<(ushort, ushort), RangeSet<ushort>>(PortRange.TryParse, static ranges => new(ranges)) is { } operands
            ? new SourcePortCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out ushort fact)
    {
        fact = facts.Source.Port;
        return (facts.Lacks & FlowParts.SourcePort) == 0 ? FactState.Present : FactState.Absent;
    }

    protected override string Format(ushort fact) => fact.ToString(CultureInfo.InvariantCulture);
}
