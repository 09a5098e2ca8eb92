using Calamary.Core.Configuration;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Listening;

/// <summary>One reactor's share of a TCP listener.</summary>
/// <param name="socket">The listening socket.</param>
/// <param name="config">The listener's configuration, as it is now: a reload may change it without reopening the socket.</param>
/// <param name="policy">The policy that a new flow takes.</param>
/// <param name="table">The reactor's flows.</param>
internal sealed class TcpListener(AcceptSocket socket, Func<ListenerConfig> config, Func<FlowPolicy> policy, FlowTable table) : IListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>So long without trouble, and the next pause is worth a line in the log again.</summary>
    private const long QuietMilliseconds = 10_000;
    private long _lastPause = -QuietMilliseconds;
    private bool _paused;

    public async ValueTask<Flow?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (socket.TryAccept(out var source, out var errno) is { } client)
            {
                if (policy().Debug) policy().Log.AcceptedSocket(socket.Local, TransportProtocol.Tcp);
                if (_paused) Resume();
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
        client.SetNoDelay();
        var listener = config();
        var current = policy();
        var facts = new FlowFacts
        {
            Source = source,
            Transport = TransportProtocol.Tcp,
            ListenerMode = listener.Mode.ToName(),
            ListenerPort = socket.Local.Port,
        };
        IMode mode = listener.Mode == ListenerMode.Http
            ? new HttpMode()
            : new TransparentMode(socket.Local, listener.Tproxy, listener.ResolveSni);
        return new Flow(client, mode, current, table, in facts);
    }

    private async ValueTask PauseAsync(int errno, CancellationToken cancellationToken)
    {
        var now = socket.Reactor.Now;
        if (now - _lastPause >= QuietMilliseconds)
            policy().Log.Warn($"Accepting on {socket.Local} pauses: {Errno.Describe(errno)}; raise the descriptor limit or lower limits.flows");
        _lastPause = now;
        _paused = true;
        await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void Resume()
    {
        if (socket.Reactor.Now - _lastPause < QuietMilliseconds) return;
        _paused = false;
        policy().Log.Info($"Accepting on {socket.Local} goes on without pauses");
    }
}
