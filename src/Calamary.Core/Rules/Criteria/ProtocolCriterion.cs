using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>protoL5</c>: what peeking identified.</summary>
internal sealed class ProtocolCriterion(Operands<WordSet> operands)
    : Criterion<string, WordSet>(operands, "Proto L5", mayBeAbsent: false)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Text;

    public static Criterion? TryCreate(CriterionValues values)
    {
        var words = new WordTable<string>(
            "protocol", [.. values.Protocols.Append(ProtocolId.Unknown).Select(static p => KeyValuePair.Create(p.Name, p.Name))]);

        bool TryParse(string text, out string name, out ValueError error)
        {
            if (words.TryParse(text, out name, out error)) return true;
            if (NotAvailable.Has(NotAvailable.Protocols, text)) error = new(NotAvailable.Message(text));
            return false;
        }

        return values.Compile<string, WordSet>(TryParse, static names => new(names)) is { } operands
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
