using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>ech</c>: whether the ClientHello carries ECH or ESNI; a flow without a ClientHello is neither true nor false.</summary>
internal sealed class EchCriterion(Operands<BooleanSet> operands)
    : Criterion<bool, BooleanSet>(operands, "Ech", mayBeAbsent: true)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Comparison;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<bool, BooleanSet>(BooleanWords.Table.TryParse, static words => new(words)) is { } operands
            ? new EchCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out bool fact)
    {
        fact = facts.Tls is { Ech: true };
        if (!facts.Has(FactStages.Payload)) return FactState.Unknown;
        return facts.Tls is null || (facts.Lacks & FlowParts.Ech) != 0 ? FactState.Absent : FactState.Present;
    }

    protected override string Format(bool fact) => BooleanWords.Format(fact);
}
