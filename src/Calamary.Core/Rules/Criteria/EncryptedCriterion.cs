using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>encrypted</c>: whether the protocol is an encrypted one; what could not be identified is not.</summary>
internal sealed class EncryptedCriterion(Operands<BooleanSet> operands)
    : Criterion<bool, BooleanSet>(operands, "Encrypted", mayBeAbsent: false)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Comparison;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<bool, BooleanSet>(BooleanWords.Table.TryParse, static words => new(words)) is { } operands
            ? new EncryptedCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out bool fact)
    {
        var isInside = facts.Interception == Interception.Inside;
        fact = isInside || (facts.Protocol ?? ProtocolId.Unknown).IsEncrypted;
        return isInside || facts.Has(FactStages.Payload) ? FactState.Present : FactState.Unknown;
    }

    protected override string Format(bool fact) => BooleanWords.Format(fact);
}
