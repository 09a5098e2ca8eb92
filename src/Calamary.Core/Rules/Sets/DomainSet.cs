using System.Runtime.InteropServices;

namespace Calamary.Core.Rules.Sets;

/// <summary>Domain patterns in one hash table. A lookup walks the name's labels, so that it costs the same for ten patterns as for a
/// million, and a suffix ends at a label's border always.</summary>
internal sealed class DomainSet : IValueSet<string, DomainSet>
{
    private readonly Dictionary<string, DomainScope> _scopes;
    private readonly Dictionary<string, DomainScope>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public DomainSet(IReadOnlyCollection<DomainPattern> patterns)
    {
        _scopes = new(patterns.Count, StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_scopes, pattern.Name, out _) |= pattern.Scope;
        }
        IsAll = _scopes.Remove("");
        _lookup = _scopes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool IsAll { get; }

    public bool Contains(string fact) => IsAll || Has(fact, DomainScope.Exact) || IsBelow(fact);

    public bool Covers(DomainSet other)
    {
        if (IsAll || other.IsAll) return IsAll;
        foreach (var (name, scope) in other._scopes)
        {
            if (scope.HasFlag(DomainScope.Exact) && !Contains(name)) return false;
            if (scope.HasFlag(DomainScope.Below) && !Has(name, DomainScope.Below) && !IsBelow(name)) return false;
        }
        return true;
    }

    private bool IsBelow(ReadOnlySpan<char> name)
    {
        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.'))
        {
            name = name[(dot + 1)..];
            if (Has(name, DomainScope.Below)) return true;
        }
        return false;
    }

    private bool Has(ReadOnlySpan<char> name, DomainScope scope) => _lookup.TryGetValue(name, out var found) && (found & scope) != 0;
}
