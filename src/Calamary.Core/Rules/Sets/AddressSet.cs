namespace Calamary.Core.Rules.Sets;

/// <summary>Addresses, networks and address ranges of both families.</summary>
internal sealed class AddressSet : ValueSet<Address>, IValueSet<Address, AddressSet>
{
    private readonly RangeSet<uint> _ipv4;
    private readonly RangeSet<UInt128> _ipv6;

    public AddressSet(IReadOnlyCollection<AddressRange> ranges)
    {
        _ipv4 = new(ranges.Where(static r => !r.First.IsIPv6).Select(static r => ((uint)r.First.Bits, (uint)r.Last.Bits)));
        _ipv6 = new(ranges.Where(static r => r.First.IsIPv6).Select(static r => (r.First.Bits, r.Last.Bits)));
    }

    public override bool IsAll => _ipv4.IsAll && _ipv6.IsAll;

    public override int Size => _ipv4.Size + _ipv6.Size;

    public static IValueIndex<Address>? CreateIndex(IReadOnlyList<(int Rule, AddressSet Set)> sets, int rules) => new Index(sets, rules);

    public override bool Contains(Address fact) => fact.IsIPv6 ? _ipv6.Contains(fact.Bits) : _ipv4.Contains((uint)fact.Bits);

    public bool Covers(AddressSet other) => _ipv4.Covers(other._ipv4) && _ipv6.Covers(other._ipv6);

    private sealed class Index(IReadOnlyList<(int Rule, AddressSet Set)> sets, int rules) : IValueIndex<Address>
    {
        private readonly RangeIndex<uint> _ipv4 = new(sets.SelectMany(static s => s.Set._ipv4.Ranges.Select(r => (s.Rule, r.First, r.Last))), rules);
        private readonly RangeIndex<UInt128> _ipv6 = new(sets.SelectMany(static s => s.Set._ipv6.Ranges.Select(r => (s.Rule, r.First, r.Last))), rules);

        public void Mark(Address fact, ref RuleMarks marks)
        {
            if (fact.IsIPv6) _ipv6.Mark(fact.Bits, ref marks);
            else _ipv4.Mark((uint)fact.Bits, ref marks);
        }
    }
}
