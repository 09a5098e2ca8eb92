using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>method</c>: the method of a request (RFC 9110 §9).</summary>
internal sealed class MethodCriterion(Operands<TextSet> operands) : RequestCriterion(operands, "Method")
{
    private const string TokenMarks = "!#$%&'*+-.^_`|~";

    public static ICriterion? TryCreate(CriterionValues values) =>
        values.Compile<string, TextSet>(TryParse, static methods => new(methods)) is { } operands ? new MethodCriterion(operands) : null;

    protected override string? TextOf(HttpRequestFacts request) => request.Method;

    private static bool TryParse(string text, out string method, out ValueError error)
    {
        method = text.ToUpperInvariant();
        error = default;
        if (text.Length is > 0 and <= 32 && text.All(static c => char.IsAsciiLetterOrDigit(c) || TokenMarks.Contains(c, StringComparison.Ordinal))) return true;
        error = new($"'{text}' is no method: write one as GET");
        return false;
    }
}
