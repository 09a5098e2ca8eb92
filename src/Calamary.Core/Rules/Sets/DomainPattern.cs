using Calamary.Core.Names;

namespace Calamary.Core.Rules.Sets;

/// <summary>Which names a domain pattern covers.</summary>
[Flags]
internal enum DomainScope : byte
{
    /// <summary>The name itself.</summary>
    Exact = 1,

    /// <summary>All names below it.</summary>
    Below = 2,

    /// <summary>The name and all below it.</summary>
    Both = Exact | Below,
}

/// <summary>A value of the criterion <c>dns</c>: <c>example.com</c>, <c>*.example.com</c> (all below it),
/// <c>.example.com</c> (both) or <c>*</c> (any name).</summary>
/// <param name="Name">The normalised name; empty for any.</param>
/// <param name="Scope">What of it is covered.</param>
internal readonly record struct DomainPattern(string Name, DomainScope Scope)
{
    /// <summary>Parses a pattern; the name may be written in Unicode.</summary>
    public static bool TryParse(string text, out DomainPattern pattern, out ValueError error)
    {
        if (text == "*")
        {
            (pattern, error) = (new("", DomainScope.Both), default);
            return true;
        }
        var (skip, scope) = text switch
        {
            ['*', '.', ..] => (2, DomainScope.Below),
            ['.', ..] => (1, DomainScope.Both),
            _ => (0, DomainScope.Exact),
        };
        var name = text.AsSpan(skip);
        if (!HostName.TryNormalize(name, out var normalised))
        {
            pattern = default;
            error = Address.TryParse(name, out _)
                ? new($"'{text}' is an address: compare it with dest")
                : new($"'{text}' is no domain: write example.com, *.example.com or .example.com (odd international names as xn--…)");
            return false;
        }
        // A list of a million domains is mostly normal already; its strings are kept instead of copies.
        pattern = new(normalised == text ? text : normalised!, scope);
        error = default;
        return true;
    }
}
