using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Calamary.Host;

/// <summary>SIGHUP reloads, SIGTERM and SIGINT stop, a second one of those ends at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly Channel<PosixSignal> _signals = Channel.CreateBounded<PosixSignal>(
        new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _stops;

    public Signals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
    ];

    /// <summary>Cancelled by the second signal to stop.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>The next signal.</summary>
    public ValueTask<PosixSignal> NextAsync() => _signals.Reader.ReadAsync();

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _second.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (context.Signal != PosixSignal.SIGHUP && Interlocked.Increment(ref _stops) > 1) _second.Cancel();
        else _signals.Writer.TryWrite(context.Signal);
    }
}
