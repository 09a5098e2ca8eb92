using Calamary.Core.Configuration;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>The proxies of a configuration, shared by all reactors without locks.</summary>
internal sealed class ProxyPool
{
    /// <summary>No more: what a flow has tried is a bit for each.</summary>
    private const int MaxProxies = 64;

    private readonly ProxyState[] _proxies;
    private readonly ProxyBalance _balance;
    private uint _turn;

    private ProxyPool(ProxyState[] proxies, ProxyBalance balance) => (_proxies, _balance) = (proxies, balance);

    public IReadOnlyList<ProxyState> Proxies => _proxies;

    /// <summary>Makes a pool; proxies that the one before has too keep their state.</summary>
    public static ProxyPool Create(IReadOnlyList<Endpoint> proxies, ProxyBalance balance, ProxyPool? before = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(proxies.Count, MaxProxies);
        return new([.. proxies.Select(p => before?._proxies.FirstOrDefault(known => known.Endpoint == p) ?? new ProxyState(p))], balance);
    }

    /// <summary>Chooses a proxy and counts a flow in, to be counted out by <see cref="ProxyState.Leave"/>.</summary>
    /// <param name="client">The flow's source.</param>
    /// <param name="tried">The proxies that the flow has tried, a bit each; the chosen one is added.</param>
    /// <returns>Null when no proxy is left.</returns>
    public ProxyState? Enter(Address client, ref ulong tried)
    {
        var best = _balance == ProxyBalance.Source ? ForSource(client, tried) : WithFewestFlows(tried);
        if (best < 0) return null;
        tried |= 1UL << best;
        _proxies[best].Enter();
        return _proxies[best];
    }

    private int ForSource(Address client, ulong tried)
    {
        var (best, heaviest) = (-1, 0UL);
        for (var i = 0; i < _proxies.Length; i++)
        {
            if (!IsChoice(i, tried)) continue;
            var weight = Rendezvous.Weight(client, _proxies[i].Endpoint);
            if (best < 0 || weight > heaviest) (best, heaviest) = (i, weight);
        }
        return best;
    }

    private int WithFewestFlows(ulong tried)
    {
        // Where the search starts goes round, so that equals take turns.
        var start = (int)(Interlocked.Increment(ref _turn) % (uint)_proxies.Length);
        var (best, fewest) = (-1, int.MaxValue);
        for (var step = 0; step < _proxies.Length; step++)
        {
            var i = (start + step) % _proxies.Length;
            if (!IsChoice(i, tried) || _proxies[i].Flows is var flows && flows >= fewest) continue;
            (best, fewest) = (i, flows);
        }
        return best;
    }

    private bool IsChoice(int index, ulong tried) => (tried >> index & 1) == 0 && _proxies[index].IsUp;
}
