using Calamary.Core.Peeking;
using Calamary.Core.Protocols.ProxyProtocol;

namespace Calamary.Core.Listening;

/// <summary>Connections that another proxy forwards, with a PROXY header in front (HAProxy's proxy-protocol.txt) that tells the original
/// client and where it wanted to go. Whoever may send one decides whose rules apply, so it must be trusted before it is heard.</summary>
/// <param name="model">What the listener is.</param>
internal sealed class ProxyProtoMode(ListenerModel model) : IMode
{
    public ServerNameUse ServerName => model.Config.ResolveSni ? ServerNameUse.Always : ServerNameUse.Never;

    public bool CanAnswer => false;

    public bool NamesSource => true;

    public async ValueTask<(HandshakeOutcome Outcome, EndReason Reason)> HandshakeAsync(Flow flow)
    {
        var sender = flow.Facts.Source;
        if (IsOwn(flow)) return RefuseLoop(flow);
        if (!IsTrusted(sender.Address))
        {
            // A FIN would look like a proxy that takes connections, to who checks our health.
            flow.Client.ResetOnClose();
            return (HandshakeOutcome.Ended, EndReason.SourceNotTrusted);
        }
        if (await TlsTermination.BeginAsync(flow, model.Tls) is var failed and not EndReason.None)
        {
            // Likewise: a sender without TLS would see nothing but that FIN.
            flow.Client.ResetOnClose();
            return (HandshakeOutcome.Ended, failed);
        }
        // Senders have the header ready when they connect: the time counts from there.
        flow.Client.SetDeadline(flow.Started + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        var (outcome, head, error) = await HeadReader.ReadAsync(flow.Client, static input => ProxyHeader.Parse(input, out _), within: null);
        flow.Client.ClearDeadline();
        // Again: at accept the dialling thread may not have told its connection yet. Before it sends a byte it has.
        if (IsOwn(flow)) return RefuseLoop(flow);
        switch (outcome)
        {
            case HeadOutcome.Complete:
                ProxyHeader.Parse(head, out var header);
                return Take(flow, sender, header);
            case HeadOutcome.ClosedBefore:
                return (HandshakeOutcome.Ended, EndReason.ClientClosedEarly);
            case HeadOutcome.Closed:
                return (HandshakeOutcome.Ended, EndReason.ClientReset);
            case HeadOutcome.NothingCame or HeadOutcome.TimedOut:
                return (HandshakeOutcome.Ended, EndReason.HandshakeTimeout);
            default:
                return Malformed(flow, error);
        }
    }

    public ValueTask<bool> BeforePeekAsync(Flow flow) => new(true);

    public ValueTask<bool> ConnectedAsync(Flow flow) => new(true);

    public ValueTask FailedAsync(Flow flow, EndReason reason) => default;

    private static (HandshakeOutcome, EndReason) Take(Flow flow, Endpoint sender, in ProxyHeader header)
    {
        if (header.Family == ProxyFamily.Unix) return Malformed(flow, "PROXY: UNIX sockets are not served");
        // Without addresses there is nowhere to go: whatever it is for, the sender is content with a connection.
        if (!header.HasAddresses || IsAboutItself(flow, sender, header)) return (HandshakeOutcome.Ended, EndReason.HealthCheck);
        if (header.Transport != TransportProtocol.Tcp) return Malformed(flow, "PROXY: a header for UDP on a TCP connection");
        flow.Facts.Source = header.Source;
        flow.Facts.Destination = header.Destination;
        flow.Facts.Known |= FactStages.Destination;
        if (flow.Policy.Debug) flow.Policy.Log.ForwardedBy(in flow.Facts, sender);
        return (HandshakeOutcome.Tunnel, default);
    }

    /// <summary>Version 1 has no LOCAL: for a health check the addresses of the very connection are written (§2.1).</summary>
    private static bool IsAboutItself(Flow flow, Endpoint sender, in ProxyHeader header) =>
        header.Source == sender && flow.Client.Socket.TryGetLocal(out var local) && header.Destination == local;

    /// <summary>A client that is led back here would speak with this machine's trust: the header that comes is its own.</summary>
    private static bool IsOwn(Flow flow) => flow.Policy.Own?.Contains(flow.Facts.Source) == true;

    private static (HandshakeOutcome, EndReason) RefuseLoop(Flow flow)
    {
        flow.Client.ResetOnClose();
        var loop = new Verdict(RuleAction.Deny, VerdictBasis.Loop);
        flow.Record(in loop);
        return (HandshakeOutcome.Ended, loop.DeniedReason);
    }

    private static (HandshakeOutcome, EndReason) Malformed(Flow flow, string? error)
    {
        flow.FailureDetail = error;
        return (HandshakeOutcome.Ended, EndReason.HandshakeMalformed);
    }

    private bool IsTrusted(Address address)
    {
        foreach (var range in model.Config.Trusted)
        {
            if (range.Contains(address)) return true;
        }
        return false;
    }
}
