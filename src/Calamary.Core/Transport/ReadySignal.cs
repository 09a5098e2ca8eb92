using System.Threading.Tasks.Sources;

namespace Calamary.Core.Transport;

/// <summary>One direction's pending wait. The continuation runs inline where the signal is set, which is the reactor's thread.</summary>
internal struct ReadySignal
{
    private Action<object?>? _continuation;
    private object? _state;
    private WaitResult _result;
    private bool _pending;
    private bool _completed;

    public readonly bool IsPending => _pending;

    public void Begin()
    {
        if (_pending) throw new InvalidOperationException("One wait per direction at a time.");
        _pending = true;
        _completed = false;
    }

    public readonly ValueTaskSourceStatus Status => _completed ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    public void OnCompleted(Action<object?> continuation, object? state)
    {
        if (_completed)
        {
            continuation(state);
            return;
        }
        (_continuation, _state) = (continuation, state);
    }

    public WaitResult GetResult()
    {
        _pending = false;
        return _result;
    }

    /// <summary>Ends the wait, if there is one.</summary>
    public void Set(WaitResult result)
    {
        if (!_pending || _completed) return;
        _result = result;
        _completed = true;
        var (continuation, state) = (_continuation, _state);
        (_continuation, _state) = (null, null);
        continuation?.Invoke(state);
    }
}
