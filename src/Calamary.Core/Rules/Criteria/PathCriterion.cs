using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>path</c>: the path of a request inside an intercepted flow, normalised and without its query; its case counts, and <c>*</c> is any
/// run of characters. A value that no normalised path can be like is refused: a denial that never matches would let through what it names.</summary>
internal sealed class PathCriterion(Operands<TextPatternSet> operands) : RequestCriterion(operands, "Path", FlowParts.Path)
{
    private const int MaxLength = 2048;

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<string, TextPatternSet>(TryParse, static paths => new(paths)) is { } operands ? new PathCriterion(operands) : null;

    protected override string? Select(HttpRequestFacts request) => request.Path;

    private static bool TryParse(string text, out string path, out ValueError error)
    {
        path = text;
        error = Fault(text);
        return error.Message is null;
    }

    private static ValueError Fault(string text)
    {
        if (text.Length > MaxLength) return new($"the path has more than {MaxLength} characters");
        if (text is not ['/' or '*', ..]) return new($"the path '{text}' must begin with / or *", "/" + text);
        if (text.Contains('?', StringComparison.Ordinal))
            return new($"the path '{text}' has a '?': the query is not compared", text[..text.IndexOf('?', StringComparison.Ordinal)]);
        if (IsEncoded(text))
            return new($"the path '{text}' has an encoded character: paths are decoded before they are compared, write the character itself");
        if (text.Contains("//", StringComparison.Ordinal))
            return new($"the path '{text}' has several '/' in a row: before paths are compared, they become one");
        if (text.Split('/').Any(static segment => segment is "." or ".."))
            return new($"the path '{text}' has '.' or '..' as a segment: such are resolved before paths are compared");
        return default;
    }

    // A % that stays after decoding is fine: "*%*" finds what is encoded twice.
    private static bool IsEncoded(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%'))
        {
            path = path[(at + 1)..];
            if (path is [var high, var low, ..] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low)) return true;
        }
        return false;
    }
}
