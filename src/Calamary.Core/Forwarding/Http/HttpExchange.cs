using System.Buffers;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
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
    private readonly ReactorSocket _upstream;
    private readonly HttpRequestHead _request;
    private readonly RelayState _state;

    private HttpExchange(Flow flow, ReactorSocket upstream, HttpRequestHead request)
    {
        (_flow, _upstream, _request) = (flow, upstream, request);
        _state = new RelayState(flow, upstream);
    }

    public static async ValueTask<ExchangeResult> RunAsync(Flow flow, ReactorSocket upstream, HttpRequestHead request)
    {
        var exchange = new HttpExchange(flow, upstream, request);
        try
        {
            return await exchange.RunAsync();
        }
        finally
        {
            exchange._state.Stop();
        }
    }

    private async ValueTask<ExchangeResult> RunAsync()
    {
        var head = new ArrayBufferWriter<byte>(_request.Length + 128);
        HttpHeadWriter.WriteRequest(_request, Via.Pseudonym, head);
        if (!await SendAsync(_upstream, head.WrittenMemory, fromClient: true)) return Failed(EndReason.UpstreamReset);
        var body = BodyRelay.RunAsync(_flow.Client, _upstream, _request.Framing, _state, fromClient: true).AsTask();

        while (true)
        {
            var (outcome, bytes, error) = await HeadReader.ReadAsync(
                _upstream, static input => HttpResponseHead.Parse(input, out _), within: null);
            if (outcome != HeadOutcome.Complete) return Failed(ReasonOf(outcome, error));
            if (HttpResponseHead.Parse(bytes, out var response).Status != ParseStatus.Done) return Failed(EndReason.UpstreamMalformed);
            if (!response!.TryGetFraming(_request.Method, out var framing)) return Failed(EndReason.UpstreamMalformed);

            var upgraded = response.Status == 101;
            var final = response.Status >= 200;
            var keepsClient = !final || (_request.KeepsAlive && framing.Kind != HttpBodyKind.UntilClose && body.IsCompletedSuccessfully && body.Result);
            var answer = new ArrayBufferWriter<byte>(bytes.Length + 128);
            HttpHeadWriter.WriteResponse(response, Via.Pseudonym, keepsClient, answer);
            if (!await SendAsync(_flow.Client, answer.WrittenMemory, fromClient: false))
                return new(true, false, false, EndReason.ClientReset);
            if (upgraded) return await TunnelAsync();
            if (!final) continue;

            var complete = await BodyRelay.RunAsync(_upstream, _flow.Client, framing, _state, fromClient: false);
            if (!complete) return new(true, false, false, _state.Reason == EndReason.Completed ? EndReason.UpstreamClosedEarly : _state.Reason);
            var goesOn = keepsClient && body.IsCompletedSuccessfully && body.Result;
            if (!goesOn) await Lingering.CloseAsync(_flow.Client);
            return new(true, goesOn, goesOn && response.KeepsAlive && framing.Kind != HttpBodyKind.UntilClose, EndReason.Completed);
        }
    }

    /// <summary>After 101 (RFC 9110 §15.2.2) both sides speak another protocol.</summary>
    private async ValueTask<ExchangeResult> TunnelAsync()
    {
        _state.Stop();
        var reason = await TcpRelay.RunAsync(_flow, _upstream);
        return new(true, false, false, reason);
    }

    private async ValueTask<bool> SendAsync(ReactorSocket to, ReadOnlyMemory<byte> head, bool fromClient)
    {
        if (!await Pump.SendAllAsync(to, head)) return false;
        _state.Moved(fromClient, head.Length);
        return true;
    }

    private static EndReason ReasonOf(HeadOutcome outcome, string? error) => outcome switch
    {
        HeadOutcome.Malformed => EndReason.UpstreamMalformed,
        HeadOutcome.TimedOut => EndReason.IdleTimeout,
        _ => error is null ? EndReason.UpstreamClosedEarly : EndReason.UpstreamReset,
    };

    private ExchangeResult Failed(EndReason reason) =>
        new(false, false, false, _state.Reason == EndReason.Completed ? reason : _state.Reason);
}
