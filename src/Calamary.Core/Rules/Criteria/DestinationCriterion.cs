using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>dest</c>: the destination's address; for a name that the proxy resolves, the candidate that is judged.</summary>
internal sealed class DestinationCriterion(Operands<AddressSet> operands)
    : Criterion<Address, AddressSet>(operands, "DNet", mayBeAbsent: false)
{
    public override FactStages Needs => FactStages.Destination;

    public override CriterionCost Cost => CriterionCost.Network;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<AddressRange, AddressSet>(AddressRangeParser.TryParse, static ranges => new(ranges)) is { } operands
            ? new DestinationCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out Address fact)
    {
        fact = facts.Destination.Address;
        if ((facts.Lacks & FlowParts.Destination) != 0) return FactState.Absent;
        return facts.Has(FactStages.Destination) ? FactState.Present : FactState.Unknown;
    }

    protected override string Format(Address fact) => fact.ToString();
}
