using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>path</c>: the path of a request, decoded and without dot segments and query; its case counts.</summary>
internal sealed class PathCriterion(Operands<TextSet> operands) : RequestCriterion(operands, "Path")
{
    public static ICriterion? TryCreate(CriterionValues values) =>
        values.Compile<string, TextSet>(TryParse, static paths => new(paths)) is { } operands ? new PathCriterion(operands) : null;

    protected override string? TextOf(HttpRequestFacts request) => request.Path;

    private static bool TryParse(string text, out string path, out ValueError error)
    {
        path = text;
        error = default;
        if (text.Length is 0 or > MaxLength || text[0] is not ('/' or '*')) error = new($"'{text}' is no path: it begins with / or *");
        else if (text.Contains('?', StringComparison.Ordinal)) error = new($"'{text}' has a query, which is not compared: leave ? and what follows out");
        return error.Message is null;
    }
}
