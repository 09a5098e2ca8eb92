using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>src</c>: the client's address.</summary>
internal sealed class SourceCriterion(Operands<AddressSet> operands)
    : Criterion<Address, AddressSet>(operands, "SNet", mayBeAbsent: false)
{
    public override FactStages Needs => FactStages.None;

    public override CriterionCost Cost => CriterionCost.Network;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<AddressRange, AddressSet>(AddressRangeParser.TryParse, static ranges => new(ranges)) is { } operands
            ? new SourceCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out Address fact)
    {
        fact = facts.Source.Address;
        return (facts.Lacks & FlowParts.Source) == 0 ? FactState.Present : FactState.Absent;
    }

    protected override string Format(Address fact) => fact.ToString();
}
