using Calamary.Core.Tls;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>Which clients have refused the intercepting certificate for which server, for listeners with <c>interceptFallback: passthrough</c>.
/// Any thread.</summary>
internal sealed class PinnedClients(TimeProvider time)
{
    /// <summary>So many pairs are kept; what was not used for longest makes room.</summary>
    public const int MaxKept = 16_384;

    /// <summary>For so long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly ExpiringCache<(Address, string), bool> _pairs = new(MaxKept, time);

    /// <summary>What the flow's server is called: its name, else its address.</summary>
    public static string NameOf(Flow flow) => flow.Facts.Tls?.ServerName ?? flow.Facts.RequestedHost ?? flow.Facts.Destination.ToString();

    public void Add(Flow flow) => _pairs.Set(PairOf(flow), true, time.GetUtcNow() + Lifetime);

    public bool Contains(Flow flow) => _pairs.TryGet(PairOf(flow), out _);

    private static (Address, string) PairOf(Flow flow) => (flow.Facts.Source.Address, NameOf(flow));
}
