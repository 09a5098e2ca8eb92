namespace Calamary.Core.Forwarding.Http2;

/// <summary>Whose turn it is to write to the client: the server's frames, or the proxy's own between them. Two writers, one thread.</summary>
internal sealed class FrameTurns
{
    // The server begins: its SETTINGS are the first frame (RFC 9113 §3.4).
    private bool _taken = true;
    private TaskCompletionSource? _waiting;

    public ValueTask TakeAsync()
    {
        if (_taken)
        {
            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_waiting.Task);
        }
        _taken = true;
        return default;
    }

    public void Release()
    {
        if (_waiting is { } waiting)
        {
            _waiting = null;
            waiting.SetResult();
        }
        else
        {
            _taken = false;
        }
    }
}
