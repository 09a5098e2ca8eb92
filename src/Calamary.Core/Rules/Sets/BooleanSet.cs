namespace Calamary.Core.Rules.Sets;

/// <summary>Yes, no, or both.</summary>
internal sealed class BooleanSet(IReadOnlyCollection<bool> values) : ValueSet<bool>, IValueSet<bool, BooleanSet>
{
    private readonly bool _yes = values.Contains(true);
    private readonly bool _no = values.Contains(false);

    public override bool IsAll => _yes && _no;

    public override int Size => 1;

    public static IValueIndex<bool>? CreateIndex(IReadOnlyList<(int Rule, BooleanSet Set)> sets, int rules) => new Index(sets, rules);

    public override bool Contains(bool fact) => fact ? _yes : _no;

    public bool Covers(BooleanSet other) => (_yes || !other._yes) && (_no || !other._no);

    private sealed class Index(IReadOnlyList<(int Rule, BooleanSet Set)> sets, int rules) : IValueIndex<bool>
    {
        private readonly RuleList _yes = new([.. sets.Where(static s => s.Set._yes).Select(static s => s.Rule)], rules);
        private readonly RuleList _no = new([.. sets.Where(static s => s.Set._no).Select(static s => s.Rule)], rules);

        public void Mark(bool fact, ref RuleMarks marks) => marks.Add(fact ? _yes : _no);
    }
}
