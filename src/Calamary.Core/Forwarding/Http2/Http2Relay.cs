using System.Buffers;
using Calamary.Core.Forwarding.Http;
using Calamary.Core.Protocols.Http2;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Http2;

/// <summary>Relays HTTP/2 (RFC 9113) frame by frame, and judges each request. Streams, windows and limits are the ends' own: what is accepted
/// goes through as it is, without being kept.</summary>
internal static class Http2Relay
{
    /// <summary>Runs to the end of both directions. Both connections are still open then.</summary>
    /// <param name="flow">The flow; its client speaks HTTP/2 in the clear.</param>
    /// <param name="upstream">The server, which does too.</param>
    /// <param name="judge">Judges the requests.</param>
    public static async ValueTask<EndReason> RunAsync(Flow flow, Connection upstream, IRequestJudge judge)
    {
        var relay = new RelayState(flow, upstream);
        try
        {
            var session = new Http2Session(flow, upstream, judge, relay);
            var clientPump = new ClientPump(flow.Client, upstream, session);
            var serverPump = new ServerPump(upstream, flow.Client, session);
            var up = clientPump.RunAsync();
            var down = serverPump.RunAsync();
            await up;
            await down;
            if (session.Fault is not { } fault) return relay.Reason;
            // What was cut short cannot be followed by a frame.
            if (fault.ByClient ? serverPump.IsAtBoundary && !clientPump.HasCutAnswer && !session.ServerEnded : clientPump.IsAtBoundary)
                SayGoodbye(fault.ByClient ? flow.Client : upstream, fault.ByClient ? clientPump.LastStream : 0, fault.Error);
            await Lingering.CloseAsync(fault.ByClient ? flow.Client : upstream);
            return fault.ByClient ? EndReason.HandshakeMalformed : EndReason.UpstreamMalformed;
        }
        finally
        {
            relay.Stop();
        }
    }

    private static void SayGoodbye(Connection guilty, int lastStream, Http2Error error)
    {
        var frame = new ArrayBufferWriter<byte>(FrameHeader.Size + 8);
        FrameWriter.GoAway(frame, lastStream, error);
        guilty.TrySend(frame.WrittenSpan);
    }
}
