namespace Calamary.Core.Rules.Sets;

/// <summary>A listener: its mode and port; as a value, a null port is any.</summary>
internal readonly record struct ListenerKey(string Mode, ushort? Port);

/// <summary>Listeners, by mode or by mode and port.</summary>
internal sealed class ListenerSet(IEnumerable<ListenerKey> listeners) : ValueSet<ListenerKey>, IValueSet<ListenerKey, ListenerSet>
{
    private readonly ListenerKey[] _listeners = [.. listeners];

    public override bool IsAll => false;

    public override int Size => _listeners.Length;

    public override bool Contains(ListenerKey fact)
    {
        foreach (var listener in _listeners)
        {
            if ((listener.Port is null || listener.Port == fact.Port) && listener.Mode == fact.Mode) return true;
        }
        return false;
    }

    public bool Covers(ListenerSet other) => Array.TrueForAll(other._listeners, Contains);
}
