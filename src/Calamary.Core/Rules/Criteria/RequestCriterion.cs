using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>What <c>host</c>, <c>path</c> and <c>method</c> share: they compare the HTTP request inside an intercepted flow. Any other flow has none,
/// and does not wait for one: what turns out to be inside is judged again from the first rule.</summary>
internal abstract class RequestCriterion(Operands<TextPatternSet> operands, string traceName, FlowParts part)
    : Criterion<string, TextPatternSet>(operands, traceName, mayBeAbsent: true)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Pattern;

    protected override FactState Read(in FlowFacts facts, out string fact)
    {
        var text = facts.Request is { } request && (facts.Lacks & part) == 0 ? Select(request) : null;
        fact = text ?? "";
        if (text is not null) return FactState.Present;
        return facts.Interception != Interception.Inside || facts.Request is not null || facts.Has(FactStages.Payload) ? FactState.Absent : FactState.Unknown;
    }

    /// <summary>What of the request is compared; null when it has none.</summary>
    protected abstract string? Select(HttpRequestFacts request);

    protected override string Format(string fact) => fact;
}
