using Calamary.Core.Listening;
using Calamary.Core.Protocols.Http;

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
            if (next is null) return reason is EndReason.ClientClosedEarly or EndReason.IdleTimeout ? EndReason.Completed : reason;
            request = next;
        }
    }

    private static async ValueTask<(bool GoesOn, EndReason Reason)> ServeAsync(Flow flow, HttpMode mode, HttpRequest request)
    {
        // A CONNECT on a connection that was used for requests before would change what the facts mean.
        if (request.Form != HttpTargetForm.Absolute)
        {
            flow.FailureDetail = "CONNECT needs a connection of its own";
            return await AnswerAsync(flow, mode, HttpResponses.BadRequest.Full, EndReason.HandshakeMalformed);
        }
        flow.Facts.Protocol = HttpProtocol.Id;
        flow.Facts.Known |= FactStages.Payload;
        // There is nothing to decrypt.
        flow.Facts.Interception = Interception.Skipped;
        if (flow.Policy.Debug) flow.Policy.Log.Identified(in flow.Facts);

        var decision = Via.IsIn(request)
            ? Decision.Of(new Verdict(RuleAction.Deny, VerdictBasis.Loop))
            : await FlowJudge.JudgeAsync(flow, flow.Facts.Destination, request.Authority.Name);
        if (decision.Verdict is not { } verdict)
            return await AnswerAsync(flow, mode, For(HttpMode.ResponseFor(decision.Failure), request), decision.Failure);
        verdict = flow.Record(in verdict);
        if (verdict.Action == RuleAction.Redirect)
        {
            var (answer, reason) = HttpRedirection.Build(request);
            return await AnswerAsync(flow, mode, answer, reason);
        }
        if (!verdict.IsAccepted)
            return await AnswerAsync(flow, mode, For(HttpResponses.Forbidden, request), verdict.DeniedReason);
        return await ForwardAsync(flow, mode, request, decision.Targets);
    }

    private static async ValueTask<(bool, EndReason)> ForwardAsync(Flow flow, HttpMode mode, HttpRequest request, IReadOnlyList<Endpoint> targets)
    {
        while (true)
        {
            var reused = IsReusable(flow, targets);
            if (!reused)
            {
                flow.CloseUpstream();
                var dial = await DirectForwarder.DialAsync(flow, targets);
                if (dial.Socket is null) return await AnswerAsync(flow, mode, For(HttpMode.ResponseFor(dial.Failure), request), dial.Failure);
            }
            var result = await HttpExchange.RunAsync(flow, flow.Upstream!, request, verbatim: false);
            if (!result.Answered && result.Reason is EndReason.UpstreamReset or EndReason.UpstreamClosedEarly
                && reused && request.IsIdempotent && request.Body.Kind == HttpBodyKind.None)
            {
                // The server closed the kept-alive connection just as the request went out (RFC 9110 §9.2.2): once more on a new one.
                flow.CloseUpstream();
                continue;
            }
            if (!result.Answered) return await AnswerAsync(flow, mode, For(HttpMode.ResponseFor(result.Reason), request), result.Reason);
            if (!result.UpstreamGoesOn) flow.CloseUpstream();
            return (result.ClientGoesOn, result.Reason);
        }
    }

    /// <summary>The connection of the request before serves if it goes where this one may go, and the server has said nothing since.</summary>
    private static bool IsReusable(Flow flow, IReadOnlyList<Endpoint> targets) =>
        flow.Upstream is { } upstream && targets.Contains(flow.UpstreamTarget)
        && !upstream.PeerFinished && upstream.TryPeek(stackalloc byte[1]) == -Transport.Native.Errno.Again;

    private static ReadOnlyMemory<byte> For(HttpResponse response, HttpRequest request) => request.IsHead ? response.ToHead : response.Full;

    private static async ValueTask<(bool, EndReason)> AnswerAsync(Flow flow, HttpMode mode, ReadOnlyMemory<byte> response, EndReason reason)
    {
        await mode.AnswerAsync(flow, response);
        return (false, reason);
    }
}
