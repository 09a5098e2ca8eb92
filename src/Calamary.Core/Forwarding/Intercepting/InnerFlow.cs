using System.Text;
using Calamary.Core.Forwarding.Dns;
using Calamary.Core.Forwarding.Http2;
using Calamary.Core.Peeking;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Tls;

namespace Calamary.Core.Forwarding.Intercepting;

/// <summary>What is inside an intercepted flow: judged again from the first rule, and relayed. HTTP is judged request by request.</summary>
internal static class InnerFlow
{
    // gRPC's libraries have a name of their own for HTTP/2, and prefer it.
    private const string Http1 = "http/1.1", Http10 = "http/1.0", Http2 = "h2", Grpc = "grpc-exp";

    public static async ValueTask<EndReason> RunAsync(Flow flow, TlsConnection upstream)
    {
        var protocol = Encoding.ASCII.GetString(upstream.ApplicationProtocol.Span);
        BeginInside(flow, protocol);
        if (protocol is Http2 or Grpc)
        {
            Identify(flow);
            return await Http2Relay.RunAsync(flow, upstream, RequestJudge.Instance);
        }
        // Who has agreed on HTTP/1 is held to it; others may speak anything, or wait for the server to speak.
        if (protocol is Http1 or Http10)
        {
            Identify(flow);
            return await InnerHttp.RunAsync(flow, upstream);
        }
        if (!flow.Rules.TryDecide(in flow.Facts, out _))
        {
            var peek = await Peeker.PeekAsync(flow, flow.Policy.Timeouts.Process);
            if (peek != PeekOutcome.Over) return Refusal.Of(flow) ?? Peeker.ReasonOf(peek);
            if (flow.Policy.Debug) flow.Policy.Log.Identified(in flow.Facts);
            if (flow.Facts.Protocol == HttpProtocol.Id)
                return BeginsHttp2(flow) ? await Http2Relay.RunAsync(flow, upstream, RequestJudge.Instance) : await InnerHttp.RunAsync(flow, upstream);
        }
        var verdict = Decide(flow);
        if (!verdict.IsAccepted) return verdict.DeniedReason;
        return flow.Facts.Protocol == DnsProtocol.Id ? await DnsRelay.RunAsync(flow, upstream) : await TcpRelay.RunAsync(flow, upstream);
    }

    /// <summary>Applies the rules to what is known by now, which suffices. A redirect would lead to where the client is already.</summary>
    public static Verdict Decide(Flow flow)
    {
        if (!flow.Rules.TryDecide(in flow.Facts, out var verdict, flow.Trace))
            throw new InvalidOperationException("the verdict depends on a fact that nobody will find out");
        if (verdict.Action == RuleAction.Redirect) verdict = verdict with { Action = RuleAction.Deny };
        return flow.Record(in verdict);
    }

    private static void BeginInside(Flow flow, string protocol)
    {
        flow.BeginDecision();
        ref var facts = ref flow.Facts;
        facts.Interception = Interception.Inside;
        facts.Protocol = null;
        facts.Known = (facts.Known | FactStages.Certificate) & ~FactStages.Payload;
        var hello = facts.Tls!;
        facts.Tls = new TlsHello
        {
            ServerNameKind = hello.ServerNameKind,
            ServerName = hello.ServerName,
            Version = hello.Version,
            Ech = hello.Ech,
            // What both ends have agreed on, of what was offered.
            Alpn = protocol.Length == 0 ? [] : [protocol],
        };
    }

    /// <summary>With prior knowledge nothing need be agreed on: the preface tells (RFC 9113 §3.3).</summary>
    private static bool BeginsHttp2(Flow flow)
    {
        var start = flow.Reactor.Scratch.AsSpan(0, 4);
        return flow.Client.TryPeek(start) == start.Length && start.SequenceEqual("PRI "u8);
    }

    private static void Identify(Flow flow)
    {
        flow.Facts.Protocol = HttpProtocol.Id;
        flow.Facts.Known |= FactStages.Payload;
        if (flow.Policy.Debug) flow.Policy.Log.Identified(in flow.Facts);
    }
}
