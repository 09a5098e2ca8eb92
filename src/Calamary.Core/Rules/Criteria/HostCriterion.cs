using System.Buffers;
using Calamary.Core.Names;
using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules.Criteria;

/// <summary><c>host</c>: the host that a request inside an intercepted flow names; <c>*</c> is any run of characters.</summary>
internal sealed class HostCriterion(Operands<TextPatternSet> operands) : RequestCriterion(operands, "Host", FlowParts.None)
{
    private static readonly SearchValues<char> PatternChars = SearchValues.Create("*-._0123456789abcdefghijklmnopqrstuvwxyz");

    public static Criterion? TryCreate(CriterionValues values) =>
        values.Compile<string, TextPatternSet>(TryParse, static hosts => new(hosts)) is { } operands ? new HostCriterion(operands) : null;

    protected override string? Select(HttpRequestFacts request) => request.Host;

    // Addresses are compared as a URI has them: IPv6 in brackets (RFC 3986 §3.2.2).
    private static bool TryParse(string text, out string host, out ValueError error)
    {
        (host, error) = ("", default);
        if (Address.TryParse(text is ['[', .., ']'] ? text.AsSpan(1, text.Length - 2) : text, out var address))
            host = address.IsIPv6 ? $"[{address}]" : address.ToString();
        else if (text.Contains('*', StringComparison.Ordinal))
            host = PatternOf(text);
        else if (HostName.TryNormalize(text, out var name))
            host = name!;
        if (host.Length > 0) return true;
        error = text switch
        {
            ['.', .. var below] when HostName.TryNormalize(below, out _) => new($"'{text}' is no host: for all below it write a '*' in front", "*" + text),
            _ when HasPort(text) => new($"'{text}' has a port: hosts are compared without; for ports there is the key 'port'"),
            _ => new($"'{text}' is no host: write example.com, *.example.com (* is any run of characters) or an address"
                + " (with a '*', international names as xn--…)"),
        };
        return false;
    }

    private static string PatternOf(string text)
    {
        var pattern = text.ToLowerInvariant();
        if (pattern.EndsWith('.')) pattern = pattern[..^1];
        return pattern.Length <= HostName.MaxLength && !pattern.AsSpan().ContainsAnyExcept(PatternChars) ? pattern : "";
    }

    private static bool HasPort(string text)
    {
        var port = text.AsSpan(text.LastIndexOf(':') + 1);
        return port.Length < text.Length && !port.ContainsAnyExceptInRange('0', '9');
    }
}
