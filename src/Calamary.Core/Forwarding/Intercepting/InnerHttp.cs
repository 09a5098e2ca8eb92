using System.Text;
using Calamary.Core.Forwarding.Http;
using Calamary.Core.Listening;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>HTTP/1 inside an intercepted flow: each request on the connection is judged for itself. What is accepted passes as it is.</summary>
internal sealed class InnerHttp(Flow flow, Connection upstream)
{
    private bool _serverLeft;

    public static ValueTask<EndReason> RunAsync(Flow flow, Connection upstream) => new InnerHttp(flow, upstream).RunAsync();

    private async ValueTask<EndReason> RunAsync()
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var (outcome, head, error) = await NextHeadAsync();
            if (outcome != HeadOutcome.Complete) return await EndAsync(outcome, error, isFirst);
            if (HttpRequest.From(head) is not { Form: not HttpTargetForm.Authority } request || FactsOf(request) is not { } facts)
                return await RefuseAsync(HttpResponses.BadRequest.Full, EndReason.HandshakeMalformed, "CONNECT, an odd Host field, or a target that differs from it");
            var verdict = RequestJudge.Instance.Judge(flow, facts);
            if (!verdict.IsAccepted)
            {
                if (!await DenyAsync(request)) return verdict.DeniedReason;
                continue;
            }
            var exchange = await HttpExchange.RunAsync(flow, upstream, request, verbatim: true);
            if (!exchange.ClientGoesOn || !exchange.UpstreamGoesOn) return exchange.Reason;
        }
    }

    /// <summary>Waits for a request, as long as the server stays.</summary>
    private async ValueTask<(HeadOutcome Outcome, byte[] Head, string? Error)> NextHeadAsync()
    {
        flow.IsBetweenRequests = true;
        flow.Client.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Idle.TotalMilliseconds);
        var watch = WatchServerAsync().AsTask();
        var result = await HeadReader.ReadAsync(
            flow.Client, static input => HttpRequestHead.Parse(input, out _), flow.Policy.Timeouts.Process);
        upstream.InterruptRead();
        await watch;
        flow.Client.ClearDeadline();
        flow.IsBetweenRequests = false;
        return result;
    }

    /// <summary>A server that closes between two requests ends the client's connection, too: who has sent nothing since will come again.</summary>
    private async ValueTask WatchServerAsync()
    {
        while (upstream.TryPeek(upstream.Reactor.Scratch.AsSpan(0, 1)) == -Errno.Again)
            if (await upstream.WaitMoreAsync() != WaitResult.Ready) return;
        // Bytes that nobody has asked for are a server's last words, too.
        _serverLeft = true;
        flow.Client.InterruptRead();
    }

    private async ValueTask<EndReason> EndAsync(HeadOutcome outcome, string? error, bool isFirst)
    {
        if (_serverLeft) return EndReason.Completed;
        switch (outcome)
        {
            case HeadOutcome.Malformed:
                return await RefuseAsync(HttpResponses.BadRequest.Full, EndReason.HandshakeMalformed, error);
            case HeadOutcome.TimedOut:
                return await RefuseAsync(HttpResponses.RequestTimeout.Full, EndReason.HandshakeTimeout, error);
            case HeadOutcome.NothingCame:
                return EndReason.IdleTimeout;
            case HeadOutcome.ClosedBefore:
                // A client that leaves between two requests has got all it asked for.
                return isFirst ? EndReason.ClientClosedEarly : EndReason.Completed;
            default:
                return Refusal.Of(flow) ?? EndReason.ClientReset;
        }
    }

    private async ValueTask<EndReason> RefuseAsync(ReadOnlyMemory<byte> answer, EndReason reason, string? detail)
    {
        flow.FailureDetail = detail;
        flow.Client.SetDeadline(flow.Reactor.Now + Lingering.Milliseconds);
        if (await flow.Client.SendAllAsync(answer)) await Lingering.CloseAsync(flow.Client);
        return reason;
    }

    /// <summary>Answers a request that is denied. The connection goes on where that is simple: without a body.</summary>
    private async ValueTask<bool> DenyAsync(HttpRequest request)
    {
        var goesOn = request.IsPersistent && request.Body.Kind == HttpBodyKind.None && !flow.Table.IsDraining;
        var response = goesOn ? HttpResponses.ForbiddenInside : HttpResponses.Forbidden;
        flow.Client.SetDeadline(flow.Reactor.Now + Lingering.Milliseconds);
        var sent = await flow.Client.SendAllAsync(request.IsHead ? response.ToHead : response.Full);
        if (sent && !goesOn) await Lingering.CloseAsync(flow.Client);
        flow.Client.ClearDeadline();
        return sent && goesOn;
    }

    /// <summary>A target of the absolute form outweighs the Host field (RFC 9112 §3.2.2). Null when they differ, or the field is odd: who knows what the
    /// server makes of it.</summary>
    private static HttpRequestFacts? FactsOf(HttpRequest request)
    {
        HttpRequestHead.Parse(request.Bytes, out var head);
        var hasHost = head.Fields.TryGetSingle("Host"u8, out var field) && !field.IsEmpty;
        var authority = default(HttpAuthority);
        if (hasHost && !HttpAuthority.TryParse(field, defaultPort: 443, out authority)) return null;
        var host = hasHost ? authority.Host : null;
        if (head.Form == HttpTargetForm.Absolute)
        {
            var target = head.Authority.Host;
            if (hasHost && host != target) return null;
            host = target;
        }
        return new HttpRequestFacts(Encoding.ASCII.GetString(head.Method), host,
            HttpPath.Normalise(head.Form == HttpTargetForm.Asterisk ? head.Target : head.PathAndQuery));
    }
}
