using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>protoL5</c>: what peeking identified.</summary>
internal sealed class ProtocolCriterion(Operands<WordSet> operands)
    : Criterion<string, WordSet>(operands, "Proto L5", mayBeAbsent: false)
{
    /// <summary>The only protocols that fulfil it; null when any may but some.</summary>
    public IReadOnlyCollection<string>? Only { get; } = operands.Matching?.Words;

    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Text;

    public static Criterion? TryCreate(CriterionValues values)
    {
        var words = new WordTable<string>(
            "protocol", [.. values.Protocols.Append(ProtocolId.Unknown).Select(static p => KeyValuePair.Create(p.Name, p.Name))]);

        return values.Compile<string, WordSet>(words.TryParse, static names => new(names)) is { } operands
            ? new ProtocolCriterion(operands)
            : null;
    }

    protected override FactState Read(in FlowFacts facts, out string fact)
    {
        fact = (facts.Protocol ?? ProtocolId.Unknown).Name;
        return facts.Has(FactStages.Payload) ? FactState.Present : FactState.Unknown;
    }

    protected override string Format(string fact) => fact;
}
