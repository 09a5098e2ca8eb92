using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>dns</c>: the name that the proxy can vouch for, see <see cref="FlowFacts.Name"/>.</summary>
internal sealed class DomainCriterion(Operands<DomainSet> operands)
    : Criterion<string, DomainSet>(operands, "Dns", mayBeAbsent: true)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Text;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile(static expected => new DomainSet.Builder(expected)) is { } operands
            ? new DomainCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out string fact)
    {
        var name = facts.Name;
        fact = name ?? "";
        if (name is not null) return FactState.Present;
        // A hello without a usable name settles it before peeking is over.
        return facts.Tls is not null || facts.Has(FactStages.Payload) ? FactState.Absent : FactState.Unknown;
    }

    protected override string Format(string fact) => fact;
}
