using System.Runtime.InteropServices;

namespace Calamary.Shared;

/// <summary>SIGHUP reloads, SIGTERM and SIGINT stop, a second one of those ends at once. However many come: reloads that wait are one,
/// and stopping comes first.</summary>
internal sealed class Signals : IDisposable
{
    private readonly SemaphoreSlim _came = new(0);
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _reload;
    private int _stops;

    public Signals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
    ];

    /// <summary>Cancelled by the second signal to stop.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>Waits for the next signal; false when it is one to stop, true for a reload.</summary>
    public async Task<bool> NextIsReloadAsync()
    {
        while (true)
        {
            if (Volatile.Read(ref _stops) > 0) return false;
            if (Interlocked.Exchange(ref _reload, 0) > 0) return true;
            await _came.WaitAsync();
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _second.Dispose();
        _came.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal == PosixSignal.SIGHUP) Interlocked.Exchange(ref _reload, 1);
        else if (Interlocked.Increment(ref _stops) > 1) _second.Cancel();
        _came.Release();
    }
}
