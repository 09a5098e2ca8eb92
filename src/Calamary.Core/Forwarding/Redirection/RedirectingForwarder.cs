namespace Calamary.Core.Forwarding.Redirection;

/// <summary>Sends each flow to one of several proxies, with a PROXY header in front that keeps the original addresses.</summary>
/// <param name="first">What is in force at the start.</param>
internal sealed class RedirectingForwarder(RedirectorModel first) : IForwarder
{
    private volatile RedirectorModel _current = first;

    /// <summary>What is in force for new flows. Those that run go on as they began.</summary>
    public RedirectorModel Current
    {
        get => _current;
        set => _current = value;
    }

    public async ValueTask<EndReason> ForwardAsync(Flow flow, IReadOnlyList<Endpoint> targets, CancellationToken cancellationToken)
    {
        var (pool, link) = _current;
        var tried = 0UL;
        while (pool.Enter(flow.Facts.Source.Address, ref tried) is { } proxy)
        {
            try
            {
                if (await TryAsync(flow, proxy, link, targets[0]) is { } reason) return reason;
            }
            finally
            {
                proxy.Leave();
            }
        }
        await flow.Mode.FailedAsync(flow, EndReason.NoProxyLeft);
        return EndReason.NoProxyLeft;
    }

    /// <summary>Takes the flow to a proxy, to its end; null when the proxy cannot be reached.</summary>
    private static async ValueTask<EndReason?> TryAsync(Flow flow, ProxyState proxy, ProxyLink link, Endpoint target)
    {
        if (flow.Facts.Transport == TransportProtocol.Udp) return await TryDatagramsAsync(flow, proxy, target);
        var dial = await DirectForwarder.DialAsync(flow, [proxy.Endpoint]);
        flow.Facts.Destination = target;
        // Without descriptors or ports no other proxy can be reached either, and none of them is to blame.
        if (dial.Failure == EndReason.DialExhausted) return dial.Failure;
        var (upstream, fault) = dial.Socket is { } socket
            ? await link.OpenAsync(socket, proxy.Endpoint, flow.Policy.Timeouts.Connect)
            : (null, dial.Detail);
        if (upstream is null)
        {
            flow.CloseUpstream();
            // What was ended from outside says nothing about the proxy, and needs no other.
            if (flow.AbortReason is { } ended) return ended;
            proxy.FailFlow();
            flow.FailureDetail = $"{proxy.Endpoint}: {fault}";
            return null;
        }
        flow.Upstream = upstream;
        // At accept the dialling thread may not have told its connection yet.
        if (flow.Policy.Own?.Contains(flow.Facts.Source) == true) return EndReason.LoopDetected;
        if (flow.AbortReason is not null) upstream.Abort();
        return await link.SendHeaderAsync(upstream, flow.Facts.Source, target)
            ? await TcpRelay.RunAsync(flow, upstream)
            : EndReason.UpstreamReset;
    }

    /// <summary>The same for datagrams. That nobody is at the proxy's port shows when the first ones have gone there: they go to the next one too.</summary>
    private static async ValueTask<EndReason?> TryDatagramsAsync(Flow flow, ProxyState proxy, Endpoint target)
    {
        var reason = await UdpRelay.RunAsync(flow, [proxy.Endpoint], ProxyLink.DatagramHeader(flow.Facts.Source, target));
        if (reason is not (EndReason.DialRefused or EndReason.DialNoRoute) || flow.AbortReason is not null) return reason;
        proxy.FailFlow();
        flow.FailureDetail = $"{proxy.Endpoint}: {flow.FailureDetail}";
        return null;
    }
}
