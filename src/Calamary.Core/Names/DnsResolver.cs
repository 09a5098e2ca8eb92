using DnsClient;

namespace Calamary.Core.Names;

/// <summary>Asks given nameservers for A and AAAA records at the same time. A nameserver that does not answer or fails is followed by
/// the next one and asked last for a while; silence on all sides is answered with a second round.</summary>
internal sealed class DnsResolver : INameResolver
{
    private const int Rounds = 2;

    // RFC 8305 §3: when one family has answered, the other is given this much more. A dialler needs both lists, so that the
    // delay is granted whichever is first.
    private static readonly TimeSpan ResolutionDelay = TimeSpan.FromMilliseconds(50);

    // Addresses of only one family, because the other's answer is missing, are worth another lookup soon.
    private static readonly TimeSpan PartialTtl = TimeSpan.FromSeconds(5);

    private readonly DnsServer[] _servers;
    private readonly TimeProvider _time;

    /// <param name="nameservers">In order of preference; at least one.</param>
    /// <param name="timeout">For each try (<c>timeout.dnsLookup</c>), over UDP and again over TCP when the answer was truncated.</param>
    /// <param name="time">Measures the delays between families and how long a failed server is avoided.</param>
    public DnsResolver(IReadOnlyList<Endpoint> nameservers, TimeSpan timeout, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(nameservers.Count);
        _servers = [.. nameservers.Select(address => new DnsServer(address, timeout, time))];
        _time = time;
    }

    /// <inheritdoc/>
    public async ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var v6 = QueryAsync(name, QueryType.AAAA, stop.Token);
        var v4 = QueryAsync(name, QueryType.A, stop.Token);
        var both = Task.WhenAll(v6, v4);
        var first = await await Task.WhenAny(v6, v4);
        if (first.Status == NameStatus.Found) await Task.WhenAny(both, Task.Delay(ResolutionDelay, _time, stop.Token));
        else await both;
        await stop.CancelAsync(); // the delay, or the query that is late
        cancellation.ThrowIfCancellationRequested();
        return Combine(v6.IsCompleted ? await v6 : NameResult.TimedOut, v4.IsCompleted ? await v4 : NameResult.TimedOut);
    }

    private static NameResult Combine(NameResult v6, NameResult v4)
    {
        if (v6.Status != NameStatus.Found && v4.Status != NameStatus.Found)
        {
            // That one family has no address says nothing about the other one, which could not be asked.
            return v6.Status == NameStatus.NotFound ? v4 : v6;
        }
        var ttl = Min(TtlOf(v6), TtlOf(v4));
        return NameResult.Of(v6.Addresses.Concat(v4.Addresses), ttl);
    }

    private static TimeSpan TtlOf(NameResult family) => family.Status switch
    {
        NameStatus.Found => family.Ttl,
        NameStatus.NotFound => TimeSpan.MaxValue,
        _ => PartialTtl,
    };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private async Task<NameResult> QueryAsync(string name, QueryType type, CancellationToken cancellation)
    {
        var result = NameResult.Failed;
        for (var round = 0; round < Rounds; round++)
        {
            var silent = false;
            foreach (var server in _servers.OrderBy(server => server.IsAvoided).ToArray())
            {
                result = await server.QueryAsync(name, type, cancellation);
                if (result.Status is NameStatus.Found or NameStatus.NotFound || cancellation.IsCancellationRequested) return result;
                silent |= result.Status == NameStatus.TimedOut;
            }
            if (!silent) break;
        }
        return result;
    }
}
