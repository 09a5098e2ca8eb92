using Calamary.Core.Tls;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>Looks whether a proxy takes connections: sends the header of a health check and sees what comes.</summary>
/// <param name="reactor">Where it runs.</param>
/// <param name="dialler">Connects within the timeout.</param>
/// <param name="timeout">For connecting, for TLS and for waiting, each.</param>
internal sealed class HealthCheck(Reactor reactor, Dialler dialler, TimeSpan timeout)
{
    private const string Resets = "it resets connections; is this machine in the 'trusted' of its listener, and is TLS on or off at both ends?";

    public async ValueTask<CheckResult> RunAsync(Endpoint proxy, ProxyLink link)
    {
        var dial = await dialler.DialAsync(reactor, [proxy]);
        if (dial.Socket is not { } socket) return WhyNot(dial);
        var (connection, fault) = await link.OpenAsync(socket, proxy, timeout);
        try
        {
            if (connection is null) return new(CheckOutcome.Failed, fault);
            connection.SetDeadline(reactor.Now + (long)timeout.TotalMilliseconds);
            return await link.SendHealthCheckAsync(connection) ? await SeeEndAsync(connection) : WasReset(connection);
        }
        finally
        {
            dialler.Close(connection ?? socket);
        }
    }

    private static CheckResult WhyNot(DialResult dial)
    {
        // A reset may overtake the look at the new connection.
        if (dial.Detail == Errno.Describe(Errno.ConnectionReset)) return new(CheckOutcome.Failed, Resets);
        return new(dial.Failure switch
        {
            // No descriptors, no ports, or not the address of 'output': no proxy is to blame.
            EndReason.DialExhausted => CheckOutcome.Unknown,
            EndReason.DialRefused => CheckOutcome.Refused,
            _ => CheckOutcome.Failed,
        }, dial.Detail);
    }

    /// <summary>A proxy that takes the header closes, or waits for more; one that does not resets.</summary>
    private static async ValueTask<CheckResult> SeeEndAsync(Connection connection)
    {
        while (true)
        {
            var received = connection.TryReceive(connection.Reactor.Scratch);
            if (received >= 0) return new(CheckOutcome.Closed);
            if (received != -Errno.Again) return WasReset(connection);
            if (await connection.WaitReadableAsync() != WaitResult.Ready) return new(CheckOutcome.Silent);
        }
    }

    // With TLS 1.3 a client learns only after its handshake that its certificate was refused.
    private static CheckResult WasReset(Connection connection) => new(CheckOutcome.Failed, connection is TlsConnection
        ? "it ends TLS connections after the handshake; does its 'clientCa' vouch for 'tls.cert' here?"
        : Resets);
}
