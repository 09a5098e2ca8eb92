using Calamary.Core.Configuration;
using Calamary.Core.Observability;
using Calamary.Core.Tls;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>Looks again and again whether proxies take connections: sends the header of a health check and sees what comes.</summary>
/// <param name="reactor">Where the checks run.</param>
/// <param name="dialler">Connects within the checks' timeout.</param>
/// <param name="config">How often, and how long.</param>
/// <param name="log">Told when a proxy goes down or comes up.</param>
internal sealed class HealthChecker(Reactor reactor, Dialler dialler, HealthConfig config, FlowLog log)
{
    private const string Resets = "it resets connections; is this machine in the 'trusted' of its listener, and is TLS on or off at both ends?";

    /// <summary>Starts to check all proxies, at once and then at every interval, until it is cancelled.</summary>
    public void Start(RedirectorModel model, CancellationToken stop)
    {
        foreach (var proxy in model.Pool.Proxies)
            reactor.Post(_ => _ = RunAsync(proxy, model.Link, stop), null);
    }

    private async Task RunAsync(ProxyState proxy, ProxyLink link, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var fault = await CheckAsync(proxy.Endpoint, link);
                // What was true of another configuration is not told of this one.
                if (stop.IsCancellationRequested) return;
                if (fault is null) proxy.Answer(log);
                else proxy.Fail(fault, log);
            }
            catch (Exception bug)
            {
                log.Bug("health checks", bug);
            }
            await Task.Delay(config.Interval, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>What is wrong with a proxy; null for nothing.</summary>
    private async ValueTask<string?> CheckAsync(Endpoint proxy, ProxyLink link)
    {
        var dial = await dialler.DialAsync(reactor, [proxy]);
        // That this machine is out of descriptors says nothing about the proxy.
        if (dial.Failure == EndReason.DialExhausted) return null;
        // A reset may overtake the look at the new connection.
        if (dial.Socket is not { } socket) return dial.Detail == Errno.Describe(Errno.ConnectionReset) ? Resets : dial.Detail;
        var (connection, fault) = await link.OpenAsync(socket, proxy, config.Timeout);
        try
        {
            if (connection is null) return fault;
            connection.SetDeadline(reactor.Now + (long)config.Timeout.TotalMilliseconds);
            return await link.SendHealthCheckAsync(connection) ? await SeeEndAsync(connection) : WasReset(connection);
        }
        finally
        {
            dialler.Close(connection ?? socket);
        }
    }

    /// <summary>A proxy that takes the header closes, or waits for more; one that does not resets.</summary>
    private static async ValueTask<string?> SeeEndAsync(Connection connection)
    {
        while (true)
        {
            var received = connection.TryReceive(connection.Reactor.Scratch);
            if (received == 0 && connection is TlsConnection { EndedProperly: false }) return WasReset(connection);
            if (received >= 0) return null;
            if (received != -Errno.Again) return WasReset(connection);
            if (await connection.WaitReadableAsync() != WaitResult.Ready) return null;
        }
    }

    // With TLS 1.3 a client learns only after its handshake that its certificate was refused.
    private static string WasReset(Connection connection) => connection is TlsConnection
        ? "it ends TLS connections after the handshake; does its 'clientCa' vouch for 'tls.cert' here?"
        : Resets;
}
