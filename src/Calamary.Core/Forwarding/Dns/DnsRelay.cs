using System.Buffers.Binary;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Dns;

/// <summary>Relays DNS over TCP (RFC 7766): each query behind the first, which the flow's verdict is about, is judged for itself, and
/// <c>ech</c> is taken out of the answers where that is wanted.</summary>
internal static class DnsRelay
{
    /// <summary>Runs to the end of both directions. Both sockets are still open then.</summary>
    public static async ValueTask<EndReason> RunAsync(Flow flow, Connection upstream)
    {
        var state = new RelayState(flow, upstream);
        var isFirst = true;
        try
        {
            var up = new MessagePump(flow.Client, upstream, state, fromClient: true, TakeQuery).RunAsync();
            var down = flow.Policy.StripsEch
                ? new MessagePump(upstream, flow.Client, state, fromClient: false, TakeAnswer).RunAsync()
                : RelayAnswersAsync();
            await up;
            await down;
            return state.Reason;
        }
        finally
        {
            state.Stop();
        }

        EndReason TakeQuery(Span<byte> message, out int length)
        {
            length = message.Length;
            var isJudged = isFirst;
            isFirst = false;
            return isJudged ? EndReason.None : Judge(flow, message);
        }

        async ValueTask RelayAnswersAsync() => await new Pump(upstream, flow.Client, state, fromClient: false).RunAsync();
    }

    private static EndReason Judge(Flow flow, ReadOnlySpan<byte> message)
    {
        (flow.Facts.Protocol, flow.Facts.Dns) = (null, null);
        new DnsStreamParser().Parse(message, ref flow.Facts);
        flow.Facts.Protocol ??= ProtocolId.Unknown;
        flow.BeginDecision();
        // There is nothing to decrypt.
        if (flow.Facts.Interception == Interception.None) flow.Facts.Interception = Interception.Skipped;
        // Everything is known, so that there is a verdict.
        if (!flow.Rules.TryDecide(in flow.Facts, out var verdict, flow.Trace)) verdict = Verdict.DeniedByDefault;
        if (verdict.Action == RuleAction.Redirect) verdict = verdict with { Action = RuleAction.Deny };
        verdict = flow.Record(in verdict);
        return verdict.IsAccepted ? EndReason.None : verdict.DeniedReason;
    }

    private static EndReason TakeAnswer(Span<byte> message, out int length)
    {
        var outcome = DnsEch.Strip(message[MessagePump.PrefixLength..], out length);
        if (outcome == DnsEchOutcome.Malformed) return EndReason.UpstreamMalformed;
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        length += MessagePump.PrefixLength;
        return EndReason.None;
    }
}
