using System.Text;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>user</c>: the name that the client has authenticated as; its case counts, as in the file.</summary>
internal sealed class UserCriterion(Operands<WordSet> operands)
    : Criterion<string, WordSet>(operands, "User", mayBeAbsent: true)
{
    // RFC 1929 §2 has one byte for the length.
    private const int MaxBytes = 255;

    public override FactStages Needs => FactStages.None;

    public override CriterionCost Cost => CriterionCost.Text;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<string, WordSet>(TryParse, static names => new(names, StringComparer.Ordinal)) is { } operands
            ? new UserCriterion(operands)
            : null;

    protected override FactState Read(in FlowFacts facts, out string fact)
    {
        fact = facts.User ?? "";
        return facts.User is null ? FactState.Absent : FactState.Present;
    }

    protected override string Format(string fact) => fact;

    private static bool TryParse(string text, out string name, out ValueError error)
    {
        name = text;
        error = default;
        if (text.Length > 0 && !text.Contains(':', StringComparison.Ordinal) && !text.Any(char.IsControl) && Encoding.UTF8.GetByteCount(text) <= MaxBytes)
            return true;
        error = new($"'{text}' is no user name: it has 1 to {MaxBytes} bytes, no ':' and no control characters");
        return false;
    }
}
