using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>tlsVersion</c>: the highest version that the client offers, alone or compared: <c>1.3</c>, <c>&lt;1.2</c>.</summary>
internal sealed class TlsVersionCriterion(Operands<RangeSet<ushort>> operands)
    : Criterion<ushort, RangeSet<ushort>>(operands, "TlsVersion", mayBeAbsent: true)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Range;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<(ushort, ushort), RangeSet<ushort>>(TlsVersionRange.TryParse, static ranges => new(ranges)) is { } operands
            ? new TlsVersionCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out ushort fact)
    {
        fact = (ushort)(facts.Tls?.Version ?? TlsVersion.None);
        if (!facts.Has(FactStages.Payload)) return FactState.Unknown;
        return fact == (ushort)TlsVersion.None ? FactState.Absent : FactState.Present;
    }

    protected override string Format(ushort fact) => ((TlsVersion)fact).ToName();
}
