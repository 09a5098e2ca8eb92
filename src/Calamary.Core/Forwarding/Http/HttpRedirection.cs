using Calamary.Core.Listening;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;

namespace Calamary.Core.Forwarding.Http;

/// <summary>The action <c>redirect</c> on a tunnelled or redirected connection: plain HTTP is answered, anything else is denied.</summary>
internal static class HttpRedirection
{
    public static async ValueTask<EndReason> AnswerAsync(Flow flow, Verdict verdict)
    {
        if (!flow.Facts.Has(FactStages.Payload) && !flow.Mode.CanAnswer && await Peeker.PeekAsync(flow) != PeekOutcome.Over)
            return EndReason.ClientClosedEarly;
        if (flow.Facts.Protocol != HttpProtocol.Id)
        {
            verdict = verdict with { Action = RuleAction.Deny };
            flow.Record(in verdict);
            await flow.Mode.FailedAsync(flow, verdict.DeniedReason);
            return verdict.DeniedReason;
        }
        flow.Record(in verdict);
        flow.Client.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        var (outcome, head, error) = await HeadReader.ReadAsync(
            flow.Client, static input => HttpRequestHead.Parse(input, out _), within: null);
        if (outcome is not (HeadOutcome.Complete or HeadOutcome.Malformed))
            return outcome == HeadOutcome.TimedOut ? EndReason.HandshakeTimeout : EndReason.ClientClosedEarly;
        var response = HttpRequestHead.Parse(head, out var request).Status == ParseStatus.Done ? HttpRedirect.Respond(request!) : null;
        await Answers.SendAndCloseAsync(flow, response ?? HttpResponses.BadRequest(error ?? "there is no host to redirect to"));
        return response is null ? EndReason.HandshakeMalformed : EndReason.Redirected;
    }
}
