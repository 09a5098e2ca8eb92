using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>protoL3</c>: the destination's address family.</summary>
internal sealed class AddressFamilyCriterion(Operands<BooleanSet> operands)
    : Criterion<bool, BooleanSet>(operands, "Proto L3", mayBeAbsent: false)
{
    // The meaning is "is IPv6".
    private static readonly WordTable<bool> Words = new(
        "layer 3 protocol", [new("ip4", false), new("ipv4", false), new("ip6", true), new("ipv6", true)]);

    public override FactStages Needs => FactStages.Destination;

    public override CriterionCost Cost => CriterionCost.Comparison;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<bool, BooleanSet>(Words.TryParse, static families => new(families)) is { } operands
            ? new AddressFamilyCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out bool fact)
    {
        fact = facts.Destination.Address.IsIPv6;
        if ((facts.Lacks & FlowParts.Destination) != 0) return FactState.Absent;
        return facts.Has(FactStages.Destination) ? FactState.Present : FactState.Unknown;
    }

    protected override string Format(bool fact) => fact ? "ip6" : "ip4";
}
