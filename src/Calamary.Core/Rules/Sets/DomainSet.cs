namespace Calamary.Core.Rules.Sets;

/// <summary>Domain patterns. A lookup walks the name's labels, so that it costs the same for ten patterns as for a million, and a suffix ends at
/// a label's border always.</summary>
internal sealed class DomainSet : ValueSet<string>, IValueSet<string, DomainSet>
{
    /// <summary>So few are compared one by one: that costs less than a hash.</summary>
    private const int MaxFew = 4;

    private readonly DomainTable _scopes;
    private readonly (string Name, DomainScope Scope)[] _few;

    private DomainSet(DomainTable scopes, bool isAll)
    {
        (_scopes, IsAll) = (scopes, isAll);
        _few = scopes.Count <= MaxFew ? [.. scopes.Select(static entry => (entry.Name, (DomainScope)entry.Value))] : [];
    }

    public override bool IsAll { get; }

    public override int Size => _scopes.Count;

    public override bool Contains(string fact)
    {
        if (IsAll) return true;
        if (_few.Length > 0) return IsOneOfFew(fact);
        var walk = _scopes.WalkFrom(fact);
        while (walk.Next(out var scope, out var isWhole))
        {
            if (((DomainScope)scope & (isWhole ? DomainScope.Exact : DomainScope.Below)) != 0) return true;
        }
        return false;
    }

    public bool Covers(DomainSet other) => IsAll || (!other.IsAll && other._scopes.All(entry =>
        (((DomainScope)entry.Value & DomainScope.Exact) == 0 || Contains(entry.Name)) && (((DomainScope)entry.Value & DomainScope.Below) == 0 || CoversBelow(entry.Name))));

    public static IValueIndex<string>? CreateIndex(IReadOnlyList<(int Rule, DomainSet Set)> sets, int rules) => new Index(sets, rules);

    private bool IsOneOfFew(string fact)
    {
        foreach (var (name, scope) in _few)
        {
            var below = fact.Length - name.Length;
            if (below < 0 || !fact.EndsWith(name, StringComparison.Ordinal)) continue;
            if (below == 0 ? (scope & DomainScope.Exact) != 0 : (scope & DomainScope.Below) != 0 && fact[below - 1] == '.') return true;
        }
        return false;
    }

    private bool CoversBelow(string parent)
    {
        var walk = _scopes.WalkFrom(parent);
        while (walk.Next(out var scope, out _))
        {
            if (((DomainScope)scope & DomainScope.Below) != 0) return true;
        }
        return false;
    }

    /// <summary>Takes patterns one by one, without keeping their text.</summary>
    public sealed class Builder(int expected) : ISetBuilder<DomainSet>
    {
        private readonly DomainTable _scopes = new(expected);
        private bool _isAll;

        public int Count { get; private set; }

        public bool TryAdd(ReadOnlySpan<char> text, out ValueError error)
        {
            Span<char> buffer = stackalloc char[Names.HostName.MaxLength];
            if (!DomainPattern.TryParse(text, buffer, out var length, out var scope, out error)) return false;
            if (length == 0) _isAll = true;
            else _scopes.GetOrAdd(buffer[..length]) |= (int)scope;
            Count++;
            return true;
        }

        public DomainSet Build()
        {
            _scopes.Trim();
            return new(_scopes, _isAll);
        }
    }

    /// <summary>The patterns of many rules: each name has the rules that want the name itself, and those that want what is below.</summary>
    private sealed class Index : IValueIndex<string>
    {
        private readonly DomainTable _names = new();
        private readonly (RuleList Exact, RuleList Below)[] _rules;
        private readonly RuleList _any;

        public Index(IReadOnlyList<(int Rule, DomainSet Set)> sets, int rules)
        {
            var lists = new List<(List<int> Exact, List<int> Below)>();
            foreach (var (rule, set) in sets)
                foreach (var (name, scope) in set._scopes)
                {
                    ref var number = ref _names.GetOrAdd(name);
                    if (number == 0)
                    {
                        lists.Add(([], []));
                        number = lists.Count;
                    }
                    if (((DomainScope)scope & DomainScope.Exact) != 0) lists[number - 1].Exact.Add(rule);
                    if (((DomainScope)scope & DomainScope.Below) != 0) lists[number - 1].Below.Add(rule);
                }
            _names.Trim();
            _rules = [.. lists.Select(list => (new RuleList(list.Exact, rules), new RuleList(list.Below, rules)))];
            _any = new([.. sets.Where(static s => s.Set.IsAll).Select(static s => s.Rule)], rules);
        }

        public void Mark(string fact, ref RuleMarks marks)
        {
            marks.Add(_any);
            var walk = _names.WalkFrom(fact);
            while (walk.Next(out var number, out var isWhole)) marks.Add(isWhole ? _rules[number - 1].Exact : _rules[number - 1].Below);
        }
    }
}
