using Calamary.Core.Configuration;
using Calamary.Core.Listening.Socks5;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening;

/// <summary>One reactor's share of a TCP listener.</summary>
/// <param name="socket">The listening socket.</param>
/// <param name="model">What the listener is now: a reload may change it without reopening the socket.</param>
/// <param name="policy">The policy that a new flow takes.</param>
/// <param name="table">The reactor's flows.</param>
/// <param name="pauses">Shared by all shares of the listener.</param>
internal sealed class TcpListener(AcceptSocket socket, Func<ListenerModel> model, Func<FlowPolicy> policy, FlowTable table,
    AcceptPauses pauses) : IListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async ValueTask<Flow?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (socket.TryAccept(out var source, out var errno) is { } client)
            {
                if (policy().Debug) policy().Log.AcceptedSocket(socket.Local, TransportProtocol.Tcp);
                pauses.Accepted(table.Reactor.Now, socket.Local, policy().Log);
                return Create(client, source);
            }
            if (errno == 0)
            {
                if (await socket.WaitAsync() != WaitResult.Ready) return null;
            }
            else
            {
                // Out of descriptors or memory: those who wait stay in the backlog until flows have ended.
                await PauseAsync(errno, cancellationToken);
            }
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return default;
    }

    /// <summary>Stops accepting; call on the reactor's thread.</summary>
    public bool Close()
    {
        socket.Dispose();
        return true;
    }

    private Flow Create(ReactorSocket client, Endpoint source)
    {
        var listener = model();
        var current = policy();
        var facts = new FlowFacts
        {
            Source = source,
            Transport = TransportProtocol.Tcp,
            ListenerMode = listener.Config.Mode.ToName(),
            ListenerPort = socket.Local.Port,
        };
        IMode mode = listener.Config.Mode switch
        {
            ListenerMode.Http or ListenerMode.Https => new HttpMode(model, policy),
            ListenerMode.ProxyProto => new ProxyProtoMode(listener),
            ListenerMode.Socks5 => new Socks5Mode(model, policy),
            _ => new TransparentMode(socket.Local, listener.Config.Tproxy, listener.Config.ResolveSni),
        };
        return new Flow(client, mode, current, table, in facts) { PassesPinned = listener.Config.PassesPinned };
    }

    private async ValueTask PauseAsync(int errno, CancellationToken cancellationToken)
    {
        pauses.Paused(table.Reactor.Now, socket.Local, Errno.Describe(errno), policy().Log);
        await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
