using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Tls;
using Calamary.Core.Transport;

namespace Calamary.Core.Listening;

/// <summary>The HTTP proxy mode: CONNECT (RFC 9110 §9.3.6) opens a tunnel, absolute-form requests (RFC 9112 §3.2.2) are carried out.</summary>
/// <param name="model">The listener as it is now.</param>
/// <param name="policy">The policy in force, for requests after the first.</param>
internal sealed class HttpMode(Func<ListenerModel> model, Func<FlowPolicy> policy) : IMode
{
    private readonly HttpAuthentication _authentication = new();
    private readonly TlsServer? _tls = model().Tls;
    private bool _answered;

    public ServerNameUse ServerName => ServerNameUse.WhenPeeked;

    public bool CanAnswer => !_answered;

    /// <summary>The request that the handshake found, when it is not CONNECT.</summary>
    public HttpRequest? FirstRequest { get; private set; }

    public async ValueTask<(HandshakeOutcome Outcome, EndReason Reason)> HandshakeAsync(Flow flow)
    {
        if (await TlsTermination.BeginAsync(flow, _tls) is var failed and not EndReason.None) return (HandshakeOutcome.Ended, failed);
        var (request, reason) = await ReadRequestAsync(flow);
        if (request is null) return (HandshakeOutcome.Ended, reason);
        FirstRequest = request;
        if (request.Form != HttpTargetForm.Authority) return (HandshakeOutcome.Requests, default);
        return (HandshakeOutcome.Tunnel, default);
    }

    /// <summary>Reads the next request of a client that may use the listener; others and bad ones are answered.</summary>
    /// <returns>The request, or null and how the flow has ended.</returns>
    public async ValueTask<(HttpRequest? Request, EndReason Reason)> ReadRequestAsync(Flow flow)
    {
        while (true)
        {
            var (request, reason) = await ReadHeadAsync(flow);
            if (request is null) return (null, _authentication.ReasonOf(flow, reason));
            Name(flow, request.Authority);
            if (await _authentication.RefuseAsync(flow, request, model().Users) is not { } refusal) return (request, default);
            var answer = request.IsHead ? refusal.ToHead : refusal.Full;
            if (refusal.Closes)
            {
                await AnswerAsync(flow, answer);
                return (null, refusal == HttpResponses.BadRequest ? EndReason.HandshakeMalformed : EndReason.AuthenticationFailed);
            }
            flow.Client.SetDeadline(flow.Reactor.Now + Lingering.Milliseconds);
            if (!await flow.Client.SendAllAsync(answer)) return (null, EndReason.AuthenticationFailed);
        }
    }

    private async ValueTask<(HttpRequest? Request, EndReason Reason)> ReadHeadAsync(Flow flow)
    {
        var client = flow.Client;
        client.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Idle.TotalMilliseconds);
        flow.IsBetweenRequests = true;
        var (outcome, head, error) = await HeadReader.ReadAsync(
            client, static input => HttpRequestHead.Parse(input, out _), flow.Policy.Timeouts.Process);
        flow.IsBetweenRequests = false;
        client.ClearDeadline();
        flow.TakePolicy(policy());
        switch (outcome)
        {
            case HeadOutcome.Complete when HttpRequest.From(head) is { } request:
                if (request.Form is HttpTargetForm.Authority or HttpTargetForm.Absolute) return (request, default);
                flow.FailureDetail = "this is a proxy: ask for http://host/path, or CONNECT host:port";
                await AnswerAsync(flow, HttpResponses.NotAProxyRequest.Full);
                return (null, EndReason.HandshakeMalformed);
            case HeadOutcome.ClosedBefore:
                return (null, EndReason.ClientClosedEarly);
            case HeadOutcome.NothingCame:
                return (null, EndReason.IdleTimeout);
            case HeadOutcome.Closed:
                return (null, EndReason.ClientReset);
            case HeadOutcome.TimedOut:
                await AnswerAsync(flow, HttpResponses.RequestTimeout.Full);
                return (null, EndReason.HandshakeTimeout);
            default:
                flow.FailureDetail = error;
                await AnswerAsync(flow, HttpResponses.BadRequest.Full);
                return (null, EndReason.HandshakeMalformed);
        }
    }

    /// <summary>Writes to the facts where a request wants to go.</summary>
    public static void Name(Flow flow, in HttpAuthority authority)
    {
        flow.Facts.Destination = new Endpoint(authority.Address, authority.Port);
        flow.Facts.RequestedHost = authority.Name;
        if (authority.IsName) flow.Facts.Known &= ~FactStages.Destination;
        else flow.Facts.Known |= FactStages.Destination;
    }

    public async ValueTask<bool> BeforePeekAsync(Flow flow)
    {
        if (_answered) return true;
        _answered = true;
        return await flow.Client.SendAllAsync(HttpResponses.ConnectionEstablished);
    }

    public ValueTask<bool> ConnectedAsync(Flow flow) => BeforePeekAsync(flow);

    // A client that waits for TLS could not read an answer.
    public ValueTask FailedAsync(Flow flow, EndReason reason) =>
        _answered || (_tls is not null && flow.Client is not TlsConnection)
            ? default
            : AnswerAsync(flow, ResponseFor(reason).Full, linger: reason != EndReason.LimitExceeded);

    /// <summary>The answer to a client whose request failed.</summary>
    public static HttpResponse ResponseFor(EndReason reason) => reason switch
    {
        EndReason.HandshakeMalformed => HttpResponses.BadRequest,
        EndReason.DialTimeout or EndReason.IdleTimeout => HttpResponses.GatewayTimeout,
        EndReason.NameNotFound or EndReason.NameLookupFailed or EndReason.DialRefused or EndReason.DialUnreachable or EndReason.DialNoRoute
            or EndReason.UpstreamMalformed or EndReason.UpstreamReset or EndReason.UpstreamClosedEarly => HttpResponses.BadGateway,
        EndReason.LimitExceeded or EndReason.DialExhausted => HttpResponses.ServiceUnavailable,
        _ => HttpResponses.Forbidden,
    };

    /// <summary>Sends a last response, and closes so that the client gets to read it.</summary>
    public async ValueTask AnswerAsync(Flow flow, ReadOnlyMemory<byte> response, bool linger = true)
    {
        _answered = true;
        flow.Client.SetDeadline(flow.Reactor.Now + Lingering.Milliseconds);
        // Over the limits a flow must cost nothing any more.
        if (await flow.Client.SendAllAsync(response) && linger) await Lingering.CloseAsync(flow.Client);
    }
}
