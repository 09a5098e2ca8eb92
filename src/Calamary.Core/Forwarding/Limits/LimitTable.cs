using Calamary.Core.Rules;

namespace Calamary.Core.Forwarding.Limits;

/// <summary>Who shares a part of a rule's limit.</summary>
internal readonly record struct LimitKey(Address Source, string? User);

/// <summary>What one of those has in use.</summary>
internal sealed class LimitShare(RuleLimit limit)
{
    /// <summary>Flows now; changed under the table's lock.</summary>
    public int Flows { get; set; }

    /// <summary>The rate from clients to servers; null for any.</summary>
    public TokenBucket? Sent { get; } = limit.BytesPerSecond > 0 ? new(limit.BytesPerSecond) : null;

    /// <summary>The rate from servers to clients; null for any.</summary>
    public TokenBucket? Received { get; } = limit.BytesPerSecond > 0 ? new(limit.BytesPerSecond) : null;

    /// <summary>Whether it can be forgotten.</summary>
    public bool IsIdle => Flows == 0 && Sent?.IsIdle != false && Received?.IsIdle != false;
}

/// <summary>A rule's limit, with all that share it. Reloads that do not change the limit keep it.</summary>
internal sealed class LimitTable(RuleLimit limit)
{
    /// <summary>So many sources or users are told apart; those beyond share one part.</summary>
    public const int MaxShares = 65_536;

    private const int FirstSweep = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<LimitKey, LimitShare> _shares = [];
    private int _sweepAt = FirstSweep;

    public RuleLimit Limit => limit;

    /// <summary>Takes a flow in; null when there are too many.</summary>
    public LimitLease? TryEnter(in FlowFacts facts)
    {
        var key = limit.Per switch
        {
            LimitScope.Source => new LimitKey(facts.Source.Address.ClientNetwork, null),
            LimitScope.User => new LimitKey(default, facts.User),
            _ => default,
        };
        lock (_lock)
        {
            var share = ShareOf(ref key);
            if (limit.Flows > 0 && share.Flows >= limit.Flows) return null;
            share.Flows++;
            return new(this, key, share);
        }
    }

    /// <summary>A flow has ended.</summary>
    public void Leave(LimitLease lease)
    {
        lock (_lock)
        {
            lease.Share.Flows--;
            // One that is ahead of its rate must not begin anew.
            if (lease.Share.IsIdle) _shares.Remove(lease.Key);
        }
    }

    private LimitShare ShareOf(ref LimitKey key)
    {
        if (_shares.TryGetValue(key, out var share)) return share;
        if (_shares.Count >= _sweepAt)
        {
            foreach (var (idle, _) in _shares.Where(static s => s.Value.IsIdle)) _shares.Remove(idle);
            _sweepAt = Math.Clamp(_shares.Count * 2, FirstSweep, MaxShares);
            if (_shares.Count >= MaxShares) key = default;
            if (_shares.TryGetValue(key, out share)) return share;
        }
        return _shares[key] = new(limit);
    }
}

/// <summary>A flow's place within a limit.</summary>
internal sealed record LimitLease(LimitTable Table, LimitKey Key, LimitShare Share)
{
    public void Leave() => Table.Leave(this);
}
