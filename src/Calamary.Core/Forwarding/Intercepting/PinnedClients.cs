namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>Which clients have refused the intercepting certificate for which server, for listeners with <c>interceptFallback: passthrough</c>.
/// Any thread.</summary>
internal sealed class PinnedClients(TimeProvider time)
{
    /// <summary>So many pairs are kept; the older half makes room.</summary>
    public const int MaxKept = 16_384;

    /// <summary>For so long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private Dictionary<(Address, string), DateTimeOffset> _young = [];
    private Dictionary<(Address, string), DateTimeOffset> _old = [];

    /// <summary>What the flow's server is called: its name, else its address.</summary>
    public static string NameOf(Flow flow) => flow.Facts.Tls?.ServerName ?? flow.Facts.RequestedHost ?? flow.Facts.Destination.ToString();

    public void Add(Flow flow)
    {
        lock (_gate)
        {
            if (_young.Count >= MaxKept / 2) (_old, _young) = (_young, []);
            _young[(flow.Facts.Source.Address, NameOf(flow))] = time.GetUtcNow() + Lifetime;
        }
    }

    public bool Contains(Flow flow)
    {
        var pair = (flow.Facts.Source.Address, NameOf(flow));
        lock (_gate)
            return (_young.TryGetValue(pair, out var until) || _old.TryGetValue(pair, out until)) && until > time.GetUtcNow();
    }
}
