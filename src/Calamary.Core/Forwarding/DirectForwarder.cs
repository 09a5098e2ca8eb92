using System.Diagnostics;
using Calamary.Core.Forwarding.Dns;
using Calamary.Core.Protocols.Dns;

namespace Calamary.Core.Forwarding;

/// <summary>Takes flows to their servers: dials over TCP and relays, or relays datagrams.</summary>
internal sealed class DirectForwarder : IForwarder
{
    public async ValueTask<EndReason> ForwardAsync(Flow flow, IReadOnlyList<Endpoint> targets, CancellationToken cancellationToken)
    {
        if (flow.Facts.Transport == TransportProtocol.Udp) return await UdpRelay.RunAsync(flow, targets);
        // Where the server spoke first, the verdict has needed its connection.
        if (flow.Upstream is null || !targets.Contains(flow.UpstreamTarget))
        {
            var dial = await DialAsync(flow, targets);
            if (dial.Socket is null)
            {
                await flow.Mode.FailedAsync(flow, dial.Failure);
                return dial.Failure;
            }
        }
        var upstream = flow.Upstream!;
        if (!await flow.Mode.ConnectedAsync(flow)) return EndReason.ClientReset;
        if (flow.Policy.Debug) flow.Policy.Log.Forwarding(in flow.Facts);
        return flow.Facts.Protocol == DnsProtocol.Id ? await DnsRelay.RunAsync(flow, upstream) : await TcpRelay.RunAsync(flow, upstream);
    }

    /// <summary>The stage dial: on success the flow has its upstream.</summary>
    internal static async ValueTask<DialResult> DialAsync(Flow flow, IReadOnlyList<Endpoint> targets)
    {
        flow.CloseUpstream();
        var started = Stopwatch.GetTimestamp();
        var dial = await flow.Policy.Dialler.DialAsync(flow.Reactor, targets);
        flow.Metrics.DialTime(Stopwatch.GetElapsedTime(started));
        flow.Facts.Destination = dial.Target;
        flow.FailureDetail = dial.Detail;
        if (dial.Socket is null) return dial;
        flow.Upstream = dial.Socket;
        flow.UpstreamTarget = dial.Target;
        if (flow.AbortReason is not null) dial.Socket.Abort();
        if (flow.Policy.Debug) flow.Policy.Log.ConnectionEstablished(in flow.Facts);
        return dial;
    }
}
