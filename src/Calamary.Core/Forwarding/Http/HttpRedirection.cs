using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http;

/// <summary>The action <c>redirect</c> on a tunnelled or redirected connection: plain HTTP is answered, anything else is denied.</summary>
internal static class HttpRedirection
{
    /// <summary>The answer to a request that names no host, or an odd one.</summary>
    public static byte[] NoHost { get; } = HttpResponses.BadRequest("there is no host to redirect to");

    /// <summary>The redirect that answers a request; null when it names no proper host.</summary>
    public static byte[]? Build(HttpRequest request)
    {
        HttpRequestHead.Parse(request.Bytes, out var head);
        return HttpRedirect.TryBuild(in head, out var response) ? response : null;
    }

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
        var response = HttpRequest.From(head) is { } request ? Build(request) : null;
        flow.FailureDetail = error;
        if (await Pump.SendAllAsync(flow.Client, response ?? NoHost))
            await Lingering.CloseAsync(flow.Client);
        return response is null ? EndReason.HandshakeMalformed : EndReason.Redirected;
    }
}
