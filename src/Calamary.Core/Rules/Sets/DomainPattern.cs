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
internal static class DomainPattern
{
    /// <summary>Parses a pattern; the name may be written in Unicode.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="name">Room for <see cref="HostName.MaxLength"/> characters: the normalised name.</param>
    /// <param name="length">The name's length; 0 for any name.</param>
    /// <param name="scope">What of it is covered.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<char> text, Span<char> name, out int length, out DomainScope scope, out ValueError error)
    {
        (length, error) = (0, default);
        (var skip, scope) = text switch
        {
            ['*'] => (1, DomainScope.Both),
            ['*', '.', ..] => (2, DomainScope.Below),
            ['.', ..] => (1, DomainScope.Both),
            _ => (0, DomainScope.Exact),
        };
        var written = text[skip..];
        if (text is ['*'] || HostName.TryNormalize(written, name, out length)) return true;
        error = Address.TryParse(written, out _)
            ? new($"'{text}' is an address: compare it with dest")
            : new($"'{text}' is no domain: write example.com, *.example.com or .example.com (odd international names as xn--…)");
        return false;
    }
}
