using Calamary.Core.Forwarding;
using Calamary.Core.Forwarding.Http;
using Calamary.Core.Forwarding.Intercepting;
using Calamary.Core.Listening;
using Calamary.Core.Listening.Socks5;

namespace Calamary.Core;

/// <summary>The life of a flow, top to bottom: accept → handshake → peek → decide → dial → relay → end. This is the one place that
/// catches, counts and closes.</summary>
/// <param name="forwarder">Dials and relays.</param>
/// <param name="limits">How many flows there may be.</param>
internal sealed class FlowPipeline(IForwarder forwarder, FlowLimits limits)
{
    public async Task RunAsync(Flow flow)
    {
        var reason = EndReason.InternalError;
        var admitted = limits.TryEnter(flow.Facts.Transport);
        flow.Table.Add(flow);
        flow.Metrics.FlowStarted();
        try
        {
            reason = admitted && (flow.Mode.NamesSource || limits.TryCountSource(flow)) ? await RunStagesAsync(flow) : await RefuseAsync(flow);
        }
        catch (Exception bug)
        {
            flow.Policy.Log.Bug(in flow.Facts, bug);
        }
        finally
        {
            if (admitted) limits.Leave(flow);
            flow.LeaveLimit();
            End(flow, flow.AbortReason ?? reason);
        }
    }

    private async ValueTask<EndReason> RunStagesAsync(Flow flow)
    {
        // handshake
        if (flow.Policy.Debug) flow.Policy.Log.Parsing(in flow.Facts);
        var (outcome, ended) = await flow.Mode.HandshakeAsync(flow);
        if (outcome == HandshakeOutcome.Ended) return ended;
        if (flow.Mode.NamesSource && !limits.TryCountSource(flow)) return await RefuseAsync(flow);
        if (outcome == HandshakeOutcome.Requests) return await RequestForwarder.RunAsync(flow, (HttpMode)flow.Mode);
        if (outcome == HandshakeOutcome.Association) return await ((Socks5Mode)flow.Mode).AssociateAsync(flow, RunAsync);
        if (flow.Policy.Debug) flow.Policy.Log.Processing(in flow.Facts);

        // peek and decide
        var decision = IsOwn(flow)
            ? Decision.Of(new Verdict(RuleAction.Deny, VerdictBasis.Loop))
            : await FlowJudge.DecideAsync(flow);
        if (decision.Verdict is not { } verdict)
        {
            await flow.Mode.FailedAsync(flow, decision.Failure);
            return decision.Failure;
        }
        if (verdict.Action == RuleAction.Redirect) return await HttpRedirection.AnswerAsync(flow, verdict);
        verdict = flow.Record(in verdict);
        if (!verdict.IsAccepted)
        {
            await flow.Mode.FailedAsync(flow, verdict.DeniedReason);
            return verdict.DeniedReason;
        }

        // It was judged by what was in force at accept, and that has changed since.
        if (flow.RecheckBy is { } policy && !FlowJudge.StillAccepts(policy, flow))
        {
            await flow.Mode.FailedAsync(flow, EndReason.DeniedByReload);
            return EndReason.DeniedByReload;
        }

        // dial and relay
        if (verdict.Action == RuleAction.Intercept) return await Interceptor.RunAsync(flow, decision.Targets, forwarder);
        return await forwarder.ForwardAsync(flow, decision.Targets, CancellationToken.None);
    }

    private static async ValueTask<EndReason> RefuseAsync(Flow flow)
    {
        await flow.Mode.FailedAsync(flow, EndReason.LimitExceeded);
        return EndReason.LimitExceeded;
    }

    /// <summary>Whether the end is worth a line of its own: denials have one already, and how peers close is ordinary.</summary>
    private static bool IsFailure(EndReason reason) => reason is EndReason.LimitExceeded or EndReason.NotRedirected
        or EndReason.HandshakeTimeout or EndReason.HandshakeMalformed or EndReason.UrgentData or EndReason.ServerNameChanged or EndReason.NameNotFound or EndReason.NameLookupFailed
        or EndReason.DialTimeout or EndReason.DialRefused or EndReason.DialUnreachable or EndReason.DialExhausted
        or EndReason.UpstreamClosedEarly or EndReason.UpstreamMalformed or EndReason.Drained
        or EndReason.SourceNotTrusted or EndReason.TlsHandshakeFailed or EndReason.AuthenticationFailed or EndReason.CommandNotSupported
        or EndReason.NoProxyLeft or EndReason.DialNoRoute or EndReason.UpstreamTlsFailed or EndReason.InterceptionRefused or EndReason.DeniedByReload;

    private static bool IsOwn(Flow flow) => flow.Own?.Contains(flow.Facts.Source) == true;

    private void End(Flow flow, EndReason reason)
    {
        flow.CloseUpstream();
        // A redirector's health check that a firewall sends back must not find what looks like a proxy, whatever the flow ended of.
        // Asked here once more: at accept the dialling thread may not have told its connection yet.
        if (IsOwn(flow)) flow.Client.ResetOnClose();
        flow.Client.Dispose();
        flow.Table.Remove(flow);
        flow.Metrics.FlowEnded(reason, 0, 0);
        if (IsFailure(reason) && (reason != EndReason.LimitExceeded || limits.ShouldReport(flow.Reactor.Now))) flow.Policy.Log.Failed(in flow.Facts, reason, flow.FailureDetail);
        if (!flow.Policy.Debug) return;
        flow.Policy.Log.Closed(in flow.Facts);
        flow.Policy.Log.Ended(in flow.Facts, reason, flow.BytesSent, flow.BytesReceived,
            TimeSpan.FromMilliseconds(flow.Reactor.Now - flow.Started));
    }
}
