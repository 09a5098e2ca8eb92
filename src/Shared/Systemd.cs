using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Calamary.Shared;

/// <summary>Tells systemd (<c>Type=notify</c>, sd_notify(3)) what goes on; does nothing elsewhere.</summary>
internal sealed class Systemd : IDisposable
{
    private readonly SystemdNotifier _notifier = new();
    private readonly Timer? _watchdog;

    public Systemd()
    {
        // Half of the watchdog's time, as sd_watchdog_enabled(3) recommends.
        if (_notifier.IsEnabled && long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds)
            && microseconds > 0)
            _watchdog = new Timer(_ => _notifier.Notify(new ServiceState("WATCHDOG=1")), null, TimeSpan.Zero, TimeSpan.FromMicroseconds(microseconds / 2));
    }

    public void Ready() => _notifier.Notify(ServiceState.Ready);

    public void Reloading() => _notifier.Notify(new ServiceState(string.Create(CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}")));

    public void Stopping() => _notifier.Notify(ServiceState.Stopping);

    public void Dispose() => _watchdog?.Dispose();
}
