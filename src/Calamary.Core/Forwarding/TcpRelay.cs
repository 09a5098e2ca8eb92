using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding;

/// <summary>Relays a flow in both directions: half-close is kept, a reset is passed on, a slow reader slows the writer.</summary>
internal static class TcpRelay
{
    /// <summary>Runs to the end of both directions. Both sockets are still open then.</summary>
    public static async ValueTask<EndReason> RunAsync(Flow flow, Connection upstream)
    {
        var state = new RelayState(flow, upstream);
        try
        {
            var up = new Pump(flow.Client, upstream, state, fromClient: true).RunAsync();
            var down = new Pump(upstream, flow.Client, state, fromClient: false).RunAsync();
            await up;
            await down;
            return state.Reason;
        }
        finally
        {
            state.Stop();
        }
    }
}
