using Calamary.Core.Observability;
using Calamary.Core.Transport;

namespace Calamary.Core.Listening.Datagrams;

/// <summary>Who has UDP associations: a listener, or the TCP connection of a SOCKS5 client.</summary>
internal interface IUdpOwner
{
    Reactor Reactor { get; }

    MetricsShard Metrics { get; }

    /// <summary>The policy in force.</summary>
    FlowPolicy Policy { get; }

    /// <summary>Whether flows that run follow a reload; else they keep the verdict that they began with, as connections do.</summary>
    bool FollowsReloads { get; }

    /// <summary>Whether clients know nothing of the proxy: ICMP messages tell them why there are no answers.</summary>
    bool IsTransparent { get; }

    /// <summary>Makes the flow that goes through the pipeline.</summary>
    Flow CreateFlow(UdpAssociation association, DatagramConnection connection);

    /// <summary>Takes a flow through the pipeline.</summary>
    Task RunAsync(Flow flow);

    /// <summary>Whether there may be one more flow.</summary>
    /// <param name="flow">The flow; its detail says more.</param>
    /// <returns>None, or why not.</returns>
    EndReason Admit(Flow flow);

    /// <summary>Opens the way back to the client; null and the error when there is none.</summary>
    DatagramRoute? OpenToClient(UdpAssociation association, out int errno);

    /// <summary>Opens the way to a server or a proxy; null and the error when there is none.</summary>
    DatagramRoute? OpenToServer(UdpAssociation association, Endpoint target, FlowPolicy policy, out int errno);

    /// <summary>Closes a way.</summary>
    void Close(UdpAssociation association, DatagramRoute route);

    /// <summary>Room for a datagram that waits.</summary>
    bool TryHold(int bytes);

    /// <summary>So many bytes do not wait any more.</summary>
    void Release(int bytes);

    /// <summary>Its state has changed: it runs or not, it is refused or not.</summary>
    void Changed(UdpAssociation association);
}
