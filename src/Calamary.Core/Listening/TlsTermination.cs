using Calamary.Core.Tls;

namespace Calamary.Core.Listening;

/// <summary>The first part of the handshake stage, where a listener's clients speak TLS to it.</summary>
internal static class TlsTermination
{
    /// <summary>Agrees on TLS with the client, within <c>timeout.process</c>; from then on the flow's client is what TLS carries.</summary>
    /// <param name="flow">The flow; nothing was read of it yet.</param>
    /// <param name="tls">The listener's side; null for a listener without TLS.</param>
    /// <returns>None to go on, else how the flow has ended.</returns>
    public static async ValueTask<EndReason> BeginAsync(Flow flow, TlsServer? tls)
    {
        if (tls is null) return EndReason.None;
        var socket = flow.Client.Socket;
        socket.SetDeadline(flow.Reactor.Now + (long)flow.Policy.Timeouts.Process.TotalMilliseconds);
        var handshake = await tls.AcceptAsync(socket);
        socket.ClearDeadline();
        if (handshake.Connection is { } connection)
        {
            flow.Client = connection;
            if (flow.AbortReason is not null) connection.Abort();
            return EndReason.None;
        }
        if (handshake.TimedOut) return EndReason.HandshakeTimeout;
        if (handshake.PeerLeft) return EndReason.ClientClosedEarly;
        flow.FailureDetail = handshake.Error;
        return EndReason.TlsHandshakeFailed;
    }
}
