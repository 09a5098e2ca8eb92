using Calamary.Core.Listening;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http;

/// <summary>Carries out absolute-form requests, one after another on a kept-alive connection; each is judged for itself.</summary>
internal static class RequestForwarder
{
    public static async ValueTask<EndReason> RunAsync(Flow flow, HttpMode mode)
    {
        for (var request = mode.FirstRequest!; ;)
        {
            var (goesOn, reason) = await ServeAsync(flow, mode, request);
            if (!goesOn) return reason;
            (var next, reason) = await mode.ReadRequestAsync(flow);
            // A client that leaves between two requests has got all it asked for.
            if (next is null) return reason is EndReason.ClientClosedEarly or EndReason.HandshakeTimeout ? EndReason.Completed : reason;
            request = next;
        }
    }

    private static async ValueTask<(bool GoesOn, EndReason Reason)> ServeAsync(Flow flow, HttpMode mode, HttpRequestHead request)
    {
        // A CONNECT on a connection that was used for requests before would change what the facts mean.
        if (request.Form != HttpTargetForm.Absolute)
            return await AnswerAsync(flow, mode, HttpResponses.BadRequest("CONNECT needs a connection of its own"), EndReason.HandshakeMalformed);
        HttpMode.Name(flow, request.Authority);
        flow.Facts.Protocol = HttpProtocol.Id;
        flow.Facts.Known |= FactStages.Payload;
        if (flow.Policy.Debug) flow.Policy.Log.Identified(in flow.Facts);

        var decision = request.HasVia(Via.Pseudonym)
            ? Decision.Of(new Verdict(RuleAction.Deny, VerdictBasis.Loop))
            : await FlowJudge.JudgeAsync(flow, flow.Facts.Destination, request.Authority.Name);
        if (decision.Verdict is not { } verdict)
            return await AnswerAsync(flow, mode, HttpMode.ResponseFor(decision.Failure), decision.Failure);
        flow.Record(in verdict);
        if (verdict.Action == RuleAction.Redirect)
            return await AnswerAsync(flow, mode, HttpRedirect.Respond(request) ?? HttpResponses.BadRequest("odd Host"), EndReason.Redirected);
        if (!verdict.IsAccepted)
            return await AnswerAsync(flow, mode, HttpResponses.Forbidden, verdict.DeniedReason);
        return await ForwardAsync(flow, mode, request, decision.Targets);
    }

    private static async ValueTask<(bool, EndReason)> ForwardAsync(Flow flow, HttpMode mode, HttpRequestHead request, IReadOnlyList<Endpoint> targets)
    {
        while (true)
        {
            var reused = IsReusable(flow, targets);
            if (!reused)
            {
                flow.CloseUpstream();
                var dial = await TcpForwarder.DialAsync(flow, targets);
                if (dial.Socket is null) return await AnswerAsync(flow, mode, HttpMode.ResponseFor(dial.Failure), dial.Failure);
            }
            var result = await HttpExchange.RunAsync(flow, flow.Upstream!, request);
            if (!result.Answered && result.Reason is EndReason.UpstreamReset or EndReason.UpstreamClosedEarly
                && reused && request.Framing.Kind == HttpBodyKind.None)
            {
                // The server closed the kept-alive connection just as the request went out (RFC 9110 §9.2.2): once more on a new one.
                flow.CloseUpstream();
                continue;
            }
            if (!result.Answered) return await AnswerAsync(flow, mode, HttpMode.ResponseFor(result.Reason), result.Reason);
            if (!result.UpstreamGoesOn) flow.CloseUpstream();
            return (result.ClientGoesOn, result.Reason);
        }
    }

    /// <summary>The connection of the request before serves if it goes where this one may go, and the server has said nothing since.</summary>
    private static bool IsReusable(Flow flow, IReadOnlyList<Endpoint> targets) =>
        flow.Upstream is { } upstream && targets.Contains(flow.UpstreamTarget)
        && !upstream.PeerFinished && upstream.TryPeek(stackalloc byte[1]) == -Transport.Native.Errno.Again;

    private static async ValueTask<(bool, EndReason)> AnswerAsync(Flow flow, HttpMode mode, byte[] response, EndReason reason)
    {
        await mode.AnswerAsync(flow, response);
        return (false, reason);
    }
}
