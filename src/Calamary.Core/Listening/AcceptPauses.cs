using Calamary.Core.Observability;

namespace Calamary.Core.Listening;

/// <summary>What the reactors' shares of a listener say together when descriptors run out: once that accepting pauses, once that it
/// goes on.</summary>
internal sealed class AcceptPauses
{
    /// <summary>So long without a pause, and the trouble is over.</summary>
    private const long QuietMilliseconds = 10_000;
    private readonly Lock _gate = new();
    private bool _inTrouble;
    private long _lastPause;

    public void Paused(long now, Endpoint local, string error, FlowLog log)
    {
        lock (_gate)
        {
            _lastPause = now;
            if (_inTrouble) return;
            _inTrouble = true;
        }
        log.Warn($"Accepting on {local} pauses: {error}; raise the descriptor limit or lower limits.flows");
    }

    public void Accepted(long now, Endpoint local, FlowLog log)
    {
        if (!Volatile.Read(ref _inTrouble)) return;
        lock (_gate)
        {
            if (!_inTrouble || now - _lastPause < QuietMilliseconds) return;
            _inTrouble = false;
        }
        log.Info($"Accepting on {local} goes on without pauses");
    }
}
