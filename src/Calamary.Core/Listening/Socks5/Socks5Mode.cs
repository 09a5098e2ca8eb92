using Calamary.Core.Protocols.Socks;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening.Socks5;

/// <summary>The SOCKS5 proxy mode (RFC 1928): CONNECT opens a tunnel, UDP ASSOCIATE a relay for datagrams.</summary>
/// <param name="model">The listener as it is now.</param>
/// <param name="policy">The policy in force, for the datagrams of an association.</param>
internal sealed class Socks5Mode(Func<ListenerModel> model, Func<FlowPolicy> policy) : IMode
{
    private readonly ListenerModel _listener = model();
    private bool _asked;
    private bool _answered;
    private ushort _clientPort;

    public ServerNameUse ServerName => ServerNameUse.WhenPeeked;

    public bool CanAnswer => !_answered;

    public async ValueTask<(HandshakeOutcome Outcome, EndReason Reason)> HandshakeAsync(Flow flow)
    {
        var ended = await TlsTermination.BeginAsync(flow, _listener.Tls);
        if (ended == EndReason.None) ended = await Socks5Handshake.GreetAsync(flow, _listener.Users);
        if (ended != EndReason.None) return (HandshakeOutcome.Ended, ended);
        (var request, ended) = await Socks5Handshake.ReadRequestAsync(flow);
        if (ended != EndReason.None) return (HandshakeOutcome.Ended, ended);
        _asked = true;
        switch (request.Command)
        {
            case SocksCommand.Connect when request.Target.Port != 0:
                Name(flow, request.Target);
                return (HandshakeOutcome.Tunnel, default);
            case SocksCommand.UdpAssociate when _listener.Config.Udp:
                _clientPort = request.Target.Port;
                return (HandshakeOutcome.Association, default);
            case SocksCommand.Connect:
                flow.FailureDetail = "port 0";
                return await EndAsync(flow, EndReason.HandshakeMalformed);
            default:
                flow.FailureDetail = $"command {(byte)request.Command}";
                return await EndAsync(flow, EndReason.CommandNotSupported);
        }
    }

    /// <summary>Carries out UDP ASSOCIATE, to its end.</summary>
    /// <param name="flow">The client's TCP connection.</param>
    /// <param name="run">Takes the flow of each destination through the pipeline.</param>
    public async ValueTask<EndReason> AssociateAsync(Flow flow, Func<Flow, Task> run)
    {
        // Where the client has reached the proxy over TCP, its datagrams will as well.
        flow.Client.Socket.TryGetLocal(out var local);
        if (IsLinkLocal(local.Address))
        {
            flow.FailureDetail = "UDP ASSOCIATE at a link-local address, which means nothing without the interface";
            _answered = true;
            await Socks5Handshake.AnswerAsync(flow, SocksWriter.Reply(SocksReply.GeneralFailure));
            return EndReason.CommandNotSupported;
        }
        var rights = new UdpRights(model, _listener, flow.Facts.User);
        using var association = new SocksAssociation(flow, _clientPort, policy, rights, run);
        if (association.Open(local.Address, out var errno) is not { } bound)
        {
            flow.FailureDetail = $"no socket for datagrams: {Errno.Describe(errno)}";
            await FailedAsync(flow, EndReason.DialExhausted);
            return EndReason.DialExhausted;
        }
        var own = flow.Policy.OwnDatagrams;
        own.Add(bound);
        try
        {
            return await AnswerAsync(flow, bound) ? await association.RunAsync() : EndReason.ClientReset;
        }
        finally
        {
            own.Remove(bound);
        }
    }

    public async ValueTask<bool> BeforePeekAsync(Flow flow) => _answered || await AnswerAsync(flow, default);

    public async ValueTask<bool> ConnectedAsync(Flow flow)
    {
        if (_answered) return true;
        var bound = default(Endpoint);
        flow.Upstream?.Socket.TryGetLocal(out bound);
        return await AnswerAsync(flow, bound);
    }

    public async ValueTask FailedAsync(Flow flow, EndReason reason)
    {
        if (!_asked || _answered) return;
        _answered = true;
        await Socks5Handshake.AnswerAsync(flow, SocksWriter.Reply(Socks5Replies.For(reason)));
    }

    private async ValueTask<(HandshakeOutcome, EndReason)> EndAsync(Flow flow, EndReason reason)
    {
        await FailedAsync(flow, reason);
        return (HandshakeOutcome.Ended, reason);
    }

    private async ValueTask<bool> AnswerAsync(Flow flow, Endpoint bound)
    {
        _answered = true;
        return await flow.Client.SendAllAsync(SocksWriter.Reply(SocksReply.Succeeded, bound));
    }

    // fe80::/10
    private static bool IsLinkLocal(Address address) => address.IsIPv6 && address.Bits >> 118 == 0x3FA;

    private static void Name(Flow flow, in SocksTarget target)
    {
        flow.Facts.Destination = new Endpoint(target.Address, target.Port);
        flow.Facts.RequestedHost = target.Name;
        if (target.Name is null) flow.Facts.Known |= FactStages.Destination;
        else flow.Facts.Known &= ~FactStages.Destination;
    }
}
