using System.Buffers;
using Calamary.Core.Listening;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http;

/// <summary>The action <c>redirect</c> on a tunnelled or redirected connection: plain HTTP is answered, anything else is denied.</summary>
internal static class HttpRedirection
{
    /// <summary>The answer to a request: the redirect, or 400 when it names no proper host.</summary>
    public static (ReadOnlyMemory<byte> Answer, EndReason Reason) Build(HttpRequest? request)
    {
        var output = new ArrayBufferWriter<byte>();
        if (request is null || HttpRequestHead.Parse(request.Bytes, out var head).Status != ParseStatus.Done || !HttpRedirect.TryWrite(in head, output))
            return (HttpResponses.BadRequest.Full, EndReason.HandshakeMalformed);
        return (output.WrittenMemory, EndReason.Redirected);
    }

    public static async ValueTask<EndReason> AnswerAsync(Flow flow, Verdict verdict)
    {
        if (flow.Facts.Transport == TransportProtocol.Tcp && !flow.Facts.Has(FactStages.Payload) && !flow.Mode.CanAnswer)
        {
            var peek = await Peeker.PeekAsync(flow, flow.Policy.Timeouts.Process);
            if (peek != PeekOutcome.Over) return Peeker.ReasonOf(peek);
        }
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
            return outcome is HeadOutcome.TimedOut or HeadOutcome.NothingCame ? EndReason.HandshakeTimeout : EndReason.ClientClosedEarly;
        var (answer, reason) = Build(HttpRequest.From(head));
        flow.FailureDetail = error;
        if (await flow.Client.SendAllAsync(answer))
            await Lingering.CloseAsync(flow.Client);
        return reason;
    }
}
