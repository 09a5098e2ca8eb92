using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary>What <c>host</c>, <c>path</c> and <c>method</c> share: only requests inside an intercepted flow have them.</summary>
internal abstract class RequestCriterion(Operands<TextSet> operands, string traceName)
    : Criterion<string, TextSet>(operands, traceName, mayBeAbsent: true)
{
    protected const int MaxLength = 1024;

    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Text;

    protected override FactState Read(in FlowFacts facts, out string fact)
    {
        var text = facts.Request is { } request ? TextOf(request) : null;
        fact = text ?? "";
        if (text is not null) return FactState.Present;
        // A flow that is not decrypted has none, however long one looks at it.
        return facts.Interception == Interception.Inside && !facts.Has(FactStages.Payload) ? FactState.Unknown : FactState.Absent;
    }

    protected override string Format(string fact) => fact;

    /// <summary>Takes the text out of a request; null when it has none.</summary>
    protected abstract string? TextOf(HttpRequestFacts request);
}
