namespace Calamary.Core.Listening.Datagrams;

/// <summary>The associations of one reactor's share of a listener. Those that run are bounded by <c>limits.flows</c>; of those that were
/// refused a bounded number is kept in mind, so that each of their datagrams need not be judged.</summary>
internal sealed class UdpTable
{
    /// <summary>So many refused ones are kept in mind; the oldest make room.</summary>
    public const int MaxRefused = 4096;

    private readonly Dictionary<UdpKey, UdpAssociation> _all = [];
    private readonly LinkedList<UdpAssociation> _refused = [];
    private readonly Dictionary<UdpAssociation, LinkedListNode<UdpAssociation>> _nodes = [];

    public int Count => _all.Count;

    public UdpAssociation? Find(in UdpKey key) => _all.GetValueOrDefault(key);

    public void Add(in UdpKey key, UdpAssociation association) => _all[key] = association;

    /// <summary>The state of one has changed.</summary>
    public void Update(UdpAssociation association)
    {
        if (association.IsRefused && !_nodes.ContainsKey(association)) _nodes[association] = _refused.AddLast(association);
        if (!association.IsRefused && _nodes.Remove(association, out var node)) _refused.Remove(node);
        if (association.IsOver && association.Key is UdpKey key && _all.GetValueOrDefault(key) == association) _all.Remove(key);
        if (_refused.Count > MaxRefused) _refused.First!.Value.Forgive();
    }
}
