using System.Buffers;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>method</c>: the method of a request inside an intercepted flow. Methods have a case (RFC 9110 §9.1), and all that are registered are
/// upper case; lenient servers take others, so both sides are compared in upper case.</summary>
internal sealed class MethodCriterion(Operands<TextPatternSet> operands) : RequestCriterion(operands, "Method", FlowParts.Method)
{
    // The parsers take no longer one.
    private const int MaxLength = 32;

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<string, TextPatternSet>(TryParse, static methods => new(methods)) is { } operands ? new MethodCriterion(operands) : null;

    protected override string? Select(HttpRequestFacts request) => request.Method.ToUpperInvariant();

    private static bool TryParse(string text, out string method, out ValueError error)
    {
        method = text.ToUpperInvariant();
        error = default;
        if (method.Length is > 0 and <= MaxLength && !method.AsSpan().ContainsAnyExcept(TokenChars)) return true;
        error = new($"'{text}' is no method: write one as GET or POST, up to {MaxLength} characters");
        return false;
    }
}
