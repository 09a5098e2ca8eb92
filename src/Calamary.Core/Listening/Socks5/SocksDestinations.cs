using Calamary.Core.Listening.Datagrams;
using Calamary.Core.Protocols.Socks;

namespace Calamary.Core.Listening.Socks5;

/// <summary>The destinations of a SOCKS5 client's datagrams: those that run, and those that were refused.</summary>
internal sealed class SocksDestinations
{
    /// <summary>So many at a time. Those that were refused make room first, then the one that was idle longest.</summary>
    public const int Max = 256;

    private readonly Dictionary<SocksTarget, UdpAssociation> _asked = [];
    private readonly Dictionary<Endpoint, UdpAssociation> _answering = [];

    /// <summary>What the client asked for before.</summary>
    public UdpAssociation? Find(in SocksTarget asked) => _asked.GetValueOrDefault(asked);

    /// <summary>Whose answers come from there: only those who were sent something get one through.</summary>
    public UdpAssociation? FindAnswering(Endpoint source) => _answering.GetValueOrDefault(source);

    /// <summary>Whether there is room for one more. Those that wait for a verdict stay: their lookups run anyway.</summary>
    public bool TryMakeRoom()
    {
        if (_asked.Count < Max) return true;
        if (_asked.Values.Where(d => !d.IsJudging).MinBy(d => (d.IsRunning, d.LastSeen)) is not { } oldest) return false;
        Remove(oldest);
        oldest.End(EndReason.Completed);
        return true;
    }

    public void Add(in SocksTarget asked, UdpAssociation destination) => _asked[asked] = destination;

    /// <summary>A datagram goes out: answers may come.</summary>
    public void ExpectAnswers(UdpAssociation destination, Endpoint target) => _answering[target] = destination;

    /// <summary>Nobody waits for them any more.</summary>
    public void ExpectNoAnswers(UdpAssociation destination, Endpoint target)
    {
        if (FindAnswering(target) == destination) _answering.Remove(target);
    }

    /// <summary>It is over.</summary>
    public void Remove(UdpAssociation destination)
    {
        if (destination.Key is SocksTarget asked && _asked.GetValueOrDefault(asked) == destination) _asked.Remove(asked);
    }

    /// <summary>All of them, which are no longer kept.</summary>
    public UdpAssociation[] TakeAll()
    {
        var all = _asked.Values.ToArray();
        _asked.Clear();
        _answering.Clear();
        return all;
    }
}
