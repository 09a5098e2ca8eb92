using System.Buffers;
using Calamary.Core.Listening;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http;

/// <summary>What came of a request.</summary>
/// <param name="Answered">The client has got (part of) a response.</param>
/// <param name="ClientGoesOn">The client's connection can carry another request.</param>
/// <param name="UpstreamGoesOn">The server's connection can.</param>
/// <param name="Reason">How it ended.</param>
internal readonly record struct ExchangeResult(bool Answered, bool ClientGoesOn, bool UpstreamGoesOn, EndReason Reason);

/// <summary>One request and its response through the proxy. The request's body and the response flow at the same time, as
/// <c>Expect: 100-continue</c> and early answers need it.</summary>
internal sealed class HttpExchange
{
    private readonly Flow _flow;
    private readonly Connection _upstream;
    private readonly HttpRequest _request;
    private readonly bool _verbatim;
    private readonly RelayState _state;
    private bool _answered;

    private HttpExchange(Flow flow, Connection upstream, HttpRequest request, bool verbatim)
    {
        (_flow, _upstream, _request, _verbatim) = (flow, upstream, request, verbatim);
        _state = new RelayState(flow, upstream);
    }

    /// <param name="flow">The flow.</param>
    /// <param name="upstream">The connection to the server.</param>
    /// <param name="request">The request, its head taken from the client already.</param>
    /// <param name="verbatim">Both sides speak as if with each other: heads and trailers are passed on as they are. Else the proxy is one of its own
    /// in between (RFC 9110 §7.6).</param>
    public static async ValueTask<ExchangeResult> RunAsync(Flow flow, Connection upstream, HttpRequest request, bool verbatim)
    {
        var exchange = new HttpExchange(flow, upstream, request, verbatim);
        // While the server thinks nobody reads from the client; that it has gone must be noticed all the same.
        flow.Client.OnReset = () => exchange._state.Fail(EndReason.ClientReset);
        try
        {
            return await exchange.RunAsync();
        }
        finally
        {
            flow.Client.OnReset = null;
            exchange._state.Stop();
        }
    }

    private async ValueTask<ExchangeResult> RunAsync()
    {
        if (!await SendAsync(_upstream, RequestHead(), fromClient: true)) return Failed(EndReason.UpstreamReset);
        var body = BodyRelay.RunAsync(_flow.Client, _upstream, _request.Body, _state, fromClient: true, _verbatim).AsTask();
        try
        {
            return await AnswerAsync(body);
        }
        finally
        {
            // Nothing may still read or write when the connections are answered on, used again or closed.
            if (!body.IsCompleted)
            {
                _state.StopBody();
                await body;
            }
        }
    }

    private async ValueTask<ExchangeResult> AnswerAsync(Task<bool> body)
    {
        while (true)
        {
            var (outcome, head, error) = await HeadReader.ReadAsync(
                _upstream, static input => HttpResponseHead.Parse(input, out _), within: null);
            if (outcome != HeadOutcome.Complete) return Failed(ReasonOf(outcome, error));
            var bodySent = body.IsCompletedSuccessfully && body.Result;
            var response = Answer(head, mayGoOn: KeepsClient && bodySent);
            if (response.IsUnasked) return Failed(EndReason.UpstreamMalformed);
            if (response.Head.Length > 0 && !await SendAsync(_flow.Client, response.Head, fromClient: false))
                return new(true, false, false, EndReason.ClientReset);
            _answered |= !response.IsInterim;
            if (response.IsInterim) continue;
            if (response.IsUpgrade) return bodySent ? await TunnelAsync() : Failed(EndReason.UpstreamMalformed);
            if (!await BodyRelay.RunAsync(_upstream, _flow.Client, response.Body, _state, fromClient: false, _verbatim))
                return Failed(EndReason.UpstreamClosedEarly);
            if (!body.IsCompleted)
            {
                // An early answer (RFC 9110 §9.3.4, 413): the rest of the body is nobody's any more.
                _state.StopBody();
                await body;
            }
            if (!response.GoesOn) await Lingering.CloseAsync(_flow.Client);
            return new(true, response.GoesOn, response.GoesOn && response.UpstreamGoesOn, EndReason.Completed);
        }
    }

    /// <summary>Whether the client's connection can carry another request after this one.</summary>
    private bool KeepsClient => _request.IsPersistent && !_flow.Table.IsDraining;

    private ReadOnlyMemory<byte> RequestHead()
    {
        if (_verbatim) return _request.Bytes;
        HttpRequestHead.Parse(_request.Bytes, out var head);
        var use = head.UpgradesToWebSocket ? HttpConnectionUse.WebSocket
            : head.IsPersistent ? HttpConnectionUse.KeepAlive : HttpConnectionUse.Close;
        var output = new ArrayBufferWriter<byte>(_request.Bytes.Length + 128);
        HttpHeadWriter.WriteRequest(in head, Via.Pseudonym, use, output);
        return output.WrittenMemory;
    }

    /// <summary>Reads the server's head and writes the one for the client.</summary>
    private ResponsePlan Answer(byte[] bytes, bool mayGoOn)
    {
        HttpRequestHead.Parse(_request.Bytes, out var request);
        HttpResponseHead.Parse(bytes, out var head);
        // A switch of protocols that nobody asked for (RFC 9110 §15.2.2) would open a tunnel past the rules.
        if (head.Status == 101 && !(head.UpgradesToWebSocket && request.UpgradesToWebSocket)) return new() { IsUnasked = true };
        var body = head.GetBody(toHead: _request.IsHead);
        if (_verbatim)
        {
            // What the server has said of the connection holds for both.
            var lasts = mayGoOn && body.Kind != HttpBodyKind.UntilClose && head.IsPersistent;
            return new() { Head = bytes, Body = body, IsInterim = head.IsInterim, IsUpgrade = head.Status == 101, GoesOn = lasts, UpstreamGoesOn = lasts };
        }
        // An HTTP/1.0 client knows neither interim responses (RFC 9110 §15.2) nor chunks, and the server was told that it is one.
        if (request.MinorVersion == 0 && head.IsInterim) return new() { IsInterim = true };
        if (request.MinorVersion == 0 && body.Kind == HttpBodyKind.Chunked) return new() { IsUnasked = true };
        var goesOn = mayGoOn && body.Kind != HttpBodyKind.UntilClose;
        var use = head.Status == 101 ? HttpConnectionUse.WebSocket : goesOn ? HttpConnectionUse.KeepAlive : HttpConnectionUse.Close;
        var output = new ArrayBufferWriter<byte>(bytes.Length + 128);
        HttpHeadWriter.WriteResponse(in head, Via.Pseudonym, use, request.MinorVersion, output);
        return new()
        {
            Head = output.WrittenMemory,
            Body = body,
            IsInterim = head.IsInterim,
            IsUpgrade = head.Status == 101,
            GoesOn = goesOn,
            UpstreamGoesOn = head.IsPersistent,
        };
    }

    /// <summary>After 101 both sides speak WebSocket (RFC 6455 §4).</summary>
    private async ValueTask<ExchangeResult> TunnelAsync()
    {
        _state.Stop();
        return new(true, false, false, await TcpRelay.RunAsync(_flow, _upstream));
    }

    private async ValueTask<bool> SendAsync(Connection to, ReadOnlyMemory<byte> head, bool fromClient)
    {
        if (!await to.SendAllAsync(head)) return false;
        _state.Moved(fromClient, head.Length);
        return true;
    }

    private static EndReason ReasonOf(HeadOutcome outcome, string? error) => outcome switch
    {
        HeadOutcome.Malformed => EndReason.UpstreamMalformed,
        HeadOutcome.NothingCame or HeadOutcome.TimedOut => EndReason.IdleTimeout,
        _ => error is null ? EndReason.UpstreamClosedEarly : EndReason.UpstreamReset,
    };

    /// <summary>What the relay saw first counts more than what came of it.</summary>
    private ExchangeResult Failed(EndReason reason) =>
        new(_answered, false, false, _state.Reason == EndReason.Completed ? reason : _state.Reason);

    /// <summary>What to do with a response head.</summary>
    private readonly struct ResponsePlan
    {
        public ReadOnlyMemory<byte> Head { get; init; }

        public HttpBodyFraming Body { get; init; }

        public bool IsInterim { get; init; }

        public bool IsUpgrade { get; init; }

        public bool IsUnasked { get; init; }

        public bool GoesOn { get; init; }

        public bool UpstreamGoesOn { get; init; }
    }
}
