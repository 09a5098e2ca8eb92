using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>alpn</c>: any application protocol that the ClientHello offers (RFC 7301).</summary>
internal sealed class AlpnCriterion(Operands<AnyWordSet> operands)
    : Criterion<IReadOnlyList<string>, AnyWordSet>(operands, "Alpn", mayBeAbsent: true)
{
    public override FactStages Needs => FactStages.Payload;

    public override CriterionCost Cost => CriterionCost.Text;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<string, AnyWordSet>(TryParse, static names => new(names)) is { } operands
            ? new AlpnCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out IReadOnlyList<string> fact)
    {
        fact = facts.Tls?.Alpn ?? [];
        if (!facts.Has(FactStages.Payload)) return FactState.Unknown;
        return fact.Count == 0 ? FactState.Absent : FactState.Present;
    }

    protected override string Format(IReadOnlyList<string> fact) => $"[{string.Join(' ', fact)}]";

    // Names are 1 to 255 bytes (RFC 7301 §3.1); those of other bytes than printable ASCII are written as hex:….
    private static bool TryParse(string text, out string name, out ValueError error)
    {
        name = text;
        error = default;
        if (text.Length is > 0 and <= 255 && !text.AsSpan().ContainsAnyExceptInRange('!', '~')) return true;
        error = new($"'{text}' is no ALPN protocol name: write one as h2 or http/1.1, odd bytes as hex:…");
        return false;
    }
}
