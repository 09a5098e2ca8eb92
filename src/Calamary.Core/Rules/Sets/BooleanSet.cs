namespace Calamary.Core.Rules.Sets;

/// <summary>Yes, no, or both.</summary>
internal sealed class BooleanSet(IReadOnlyCollection<bool> values) : IValueSet<bool, BooleanSet>
{
    private readonly bool _yes = values.Contains(true);
    private readonly bool _no = values.Contains(false);

    public bool IsAll => _yes && _no;

    public bool Contains(bool fact) => fact ? _yes : _no;

    public bool Covers(BooleanSet other) => (_yes || !other._yes) && (_no || !other._no);
}
