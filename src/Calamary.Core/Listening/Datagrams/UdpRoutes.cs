using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Datagrams;

/// <summary>The ways of an association's datagrams: to the server, and back to the client.</summary>
/// <param name="owner">Who opens and closes them.</param>
/// <param name="association">Whose they are.</param>
internal sealed class UdpRoutes(IUdpOwner owner, UdpAssociation association)
{
    private DatagramRoute? _toClient;
    private DatagramRoute? _toServer;
    private IReadOnlyList<Endpoint> _targets = [];
    private int _target;

    /// <summary>Where datagrams go; unless a way is open, where they were to go.</summary>
    public Endpoint Target => _targets.Count > 0 ? _targets[_target] : association.Facts.Destination;

    /// <summary>Whether datagrams go to a proxy, with a header before each.</summary>
    public bool HasPrefix => _toServer is { Prefix.Length: > 0 };

    /// <summary>Whether it is the socket that datagrams go to the server by.</summary>
    public bool IsToServer(UdpSocket socket) => socket == _toServer?.Socket;

    /// <summary>Opens what is not open yet, at the first target that can be reached.</summary>
    /// <returns>None, or why it cannot.</returns>
    public EndReason Open(Flow flow, IReadOnlyList<Endpoint> targets, byte[] prefix)
    {
        for (var i = 0; (_toServer is null || !targets.Contains(Target)) && i < targets.Count; i++)
        {
            var route = owner.OpenToServer(association, targets[i], flow.Policy, out var errno);
            if (route is null && IsNoRoute(errno) && i < targets.Count - 1) continue;
            if (route is null) return Failed(flow, errno, "");
            if (_toServer is not null) owner.Close(association, _toServer);
            (_toServer, _targets, _target) = (route with { Prefix = prefix }, targets, i);
        }
        flow.UpstreamTarget = Target;
        // With a prefix it goes to a proxy, which goes there.
        if (prefix.Length == 0) flow.Facts.Destination = Target;
        return OpenBack(flow);
    }

    /// <summary>Sends one that has waited. The kernel may know only now that there is no way to the target: then the next one is taken.</summary>
    /// <returns>0 or more, or a negated errno.</returns>
    public int Send(Flow flow, ReadOnlySpan<byte> datagram)
    {
        var result = owner.Reactor.Outbox.Send(_toServer!, datagram);
        while (IsNoRoute(-result) && _target + 1 < _targets.Count)
        {
            var route = owner.OpenToServer(association, _targets[++_target], flow.Policy, out var errno);
            result = -errno;
            if (route is null) continue;
            owner.Close(association, _toServer!);
            _toServer = route;
            flow.Facts.Destination = flow.UpstreamTarget = Target;
            // Answers say where they come from.
            if (_toClient!.Prefix.Length > 0) _toClient = owner.OpenToClient(association, out _);
            result = owner.Reactor.Outbox.Send(_toServer, datagram);
        }
        return result;
    }

    /// <summary>Collects datagrams in the reactor's receive buffer for the server.</summary>
    public void AddToServer(ReadOnlySpan<byte> data, int segment) => owner.Reactor.Outbox.Add(_toServer!, data, segment);

    /// <summary>The same for the client.</summary>
    public void AddToClient(ReadOnlySpan<byte> data, int segment) => owner.Reactor.Outbox.Add(_toClient!, data, segment);

    /// <summary>Sends one of the proxy's own to the client.</summary>
    public void SendToClient(ReadOnlySpan<byte> datagram)
    {
        if ((_toClient ?? owner.OpenToClient(association, out _)) is not { } route) return;
        owner.Reactor.Outbox.Send(route, datagram);
        if (_toClient is null) owner.Close(association, route);
    }

    public void Close()
    {
        if (_toServer is not null) owner.Close(association, _toServer);
        if (_toClient is not null) owner.Close(association, _toClient);
        (_toServer, _toClient) = (null, null);
    }

    private EndReason OpenBack(Flow flow)
    {
        if (_toClient is not null) return EndReason.None;
        _toClient = owner.OpenToClient(association, out var errno);
        if (_toClient is not null) return EndReason.None;
        return Failed(flow, errno, errno == Errno.AddressInUse
            ? "a program on this machine that listens on all addresses at the server's port keeps answers from being sent from there: "
            : "no way back to the client: ");
    }

    private static EndReason Failed(Flow flow, int errno, string what)
    {
        flow.FailureDetail = what + Errno.Describe(errno);
        return IsNoRoute(errno) ? EndReason.DialNoRoute : EndReason.DialExhausted;
    }

    private static bool IsNoRoute(int errno) => errno is Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.NetworkDown
        or Errno.AddressNotAvailable or Errno.FamilyNotSupported;
}
