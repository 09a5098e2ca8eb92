using System.Diagnostics.CodeAnalysis;
using Calamary.Core.Protocols.Socks;

namespace Calamary.Core.Listening.Socks5;

/// <summary>The destinations of an association: those that run, and those that were refused.</summary>
internal sealed class UdpDestinations
{
    /// <summary>So many at a time. Those that were refused make room first, then the one that was idle longest.</summary>
    public const int Max = 256;

    private readonly Dictionary<SocksTarget, UdpDestination> _asked = [];
    private readonly Dictionary<Endpoint, UdpDestination> _answering = [];

    /// <summary>How many flows have not ended.</summary>
    public int Running { get; private set; }

    /// <summary>What the client asked for before.</summary>
    public UdpDestination? Find(in SocksTarget asked) => _asked.GetValueOrDefault(asked);

    /// <summary>From whom answers come: only those who were sent something get one through.</summary>
    public bool TryFindAnswering(Endpoint source, [NotNullWhen(true)] out UdpDestination? destination) =>
        _answering.TryGetValue(source, out destination);

    /// <summary>Whether there is room for one more. Those that wait for a verdict stay: their lookups run anyway.</summary>
    public bool TryMakeRoom()
    {
        if (_asked.Count < Max) return true;
        if (_asked.Values.Where(d => !d.IsPending).MinBy(d => (d.IsAccepted, d.LastSeen)) is not { } oldest) return false;
        Forget(oldest);
        return true;
    }

    /// <summary>Adds one; it takes the place of one with the same name, which ends.</summary>
    public void Add(UdpDestination destination)
    {
        var former = Find(destination.Asked);
        _asked[destination.Asked] = destination;
        Running++;
        // Not earlier: without any that run, the sockets towards servers would be closed.
        if (former is not null) Forget(former);
    }

    /// <summary>A datagram went out: answers may come.</summary>
    public void ExpectAnswers(UdpDestination destination) => _answering[destination.Target] = destination;

    /// <summary>Its flow has ended.</summary>
    public void Ended(UdpDestination destination, bool remember)
    {
        Running--;
        Remove(destination, remember);
    }

    /// <summary>All of them, which are no longer kept.</summary>
    public UdpDestination[] TakeAll()
    {
        var all = _asked.Values.ToArray();
        _asked.Clear();
        _answering.Clear();
        return all;
    }

    private void Forget(UdpDestination destination)
    {
        Remove(destination, remember: false);
        destination.Flow.Abort(EndReason.Completed);
    }

    private void Remove(UdpDestination destination, bool remember)
    {
        if (destination.HasTarget && _answering.GetValueOrDefault(destination.Target) == destination) _answering.Remove(destination.Target);
        if (!remember && _asked.GetValueOrDefault(destination.Asked) == destination) _asked.Remove(destination.Asked);
    }
}
