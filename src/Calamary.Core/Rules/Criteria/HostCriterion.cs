using Calamary.Core.Names;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>host</c>: the host that a request names, by Host or <c>:authority</c>.</summary>
internal sealed class HostCriterion(Operands<TextSet> operands) : RequestCriterion(operands, "Host")
{
    public static ICriterion? TryCreate(CriterionValues values) =>
        values.Compile<string, TextSet>(TryParse, static hosts => new(hosts)) is { } operands ? new HostCriterion(operands) : null;

    protected override string? TextOf(HttpRequestFacts request) => request.Host;

    private static bool TryParse(string text, out string host, out ValueError error)
    {
        error = default;
        if (Address.TryParse(text, out var address))
        {
            host = address.ToString();
            return true;
        }
        if (HostName.TryNormalize(text, out var name))
        {
            host = name!;
            return true;
        }
        host = text.ToLowerInvariant();
        if (host.Contains('*') && host.Length <= HostName.MaxLength && host.All(static c => char.IsAsciiLetterOrDigit(c) || c is '*' or '.' or '-' or '_')) return true;
        error = new($"'{text}' is no host: write a name or an address without a port, * for any characters, international names with * as xn--…");
        return false;
    }
}
