using System.Runtime.Versioning;
using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Forwarding.Redirection;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Hosting;

/// <summary>A running redirector: takes redirected connections, and sends each to one of several proxies with a PROXY header in front.</summary>
[SupportedOSPlatform("linux")]
public sealed class CalamaryRedirector : IReloadableService<RedirectorConfig>
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly RedirectingForwarder _forwarder;
    private readonly CalamaryProxy _proxy;
    private RedirectorConfig _config;
    private CancellationTokenSource _checks = new();

    /// <summary>Makes one; nothing runs yet.</summary>
    /// <param name="config">The configuration to start with; from <see cref="RedirectorConfigReader"/>.</param>
    /// <param name="logging">Where log lines go.</param>
    /// <param name="droppedLogLines">Asked at every scrape for <c>calamary_log_lines_dropped</c>; null for 0.</param>
    public CalamaryRedirector(RedirectorConfig config, ILoggerFactory logging, Func<long>? droppedLogLines = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _forwarder = new RedirectingForwarder(Create(config, null));
        var options = new CalamaryOptions { Configuration = config.Service, DroppedLogLines = droppedLogLines };
        _proxy = new CalamaryProxy(options, logging, [], [], [], [_forwarder]);
        ProxyGauges? gauges = null;
        gauges = new ProxyGauges(_proxy.Metrics.Extend(() => gauges!.Update(_forwarder.Current.Pool)));
    }

    /// <summary>Opens the listeners and begins to check the proxies.</summary>
    /// <param name="cancellationToken">Not observed: starting does not wait for anything.</param>
    /// <exception cref="IOException">Something could not be opened; the message has every error, a line each.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _proxy.StartAsync(cancellationToken);
        Check();
    }

    /// <summary>Puts another configuration in force in one step. Running flows go on as they are; proxies that stay keep their state.</summary>
    /// <param name="config">The new configuration.</param>
    /// <returns>The errors; when there are any, everything stays as it was.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(RedirectorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        await _oneAtATime.WaitAsync();
        try
        {
            var errors = await _proxy.ReloadAsync(config.Service);
            if (errors.Count > 0) return errors;
            _config = config;
            _forwarder.Current = Create(config, _forwarder.Current.Pool);
            Check();
            return errors;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stops accepting and lets flows finish for <c>timeout.drain</c>.</summary>
    /// <param name="cancellationToken">Ends the waiting: what is left is cut.</param>
    public Task StopAsync(CancellationToken cancellationToken) => _proxy.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _checks.CancelAsync();
        await _proxy.DisposeAsync();
        _checks.Dispose();
        _oneAtATime.Dispose();
    }

    private static RedirectorModel Create(RedirectorConfig config, ProxyPool? before) =>
        new(ProxyPool.Create(config.Proxies, config.Balance, before), new ProxyLink(config));

    private void Check()
    {
        _checks.Cancel();
        _checks = new CancellationTokenSource();
        var dialler = new Dialler(PolicyFactory.OutputOf(_config.Service), _config.Health.Timeout, retries: 0, _proxy.Own);
        new HealthChecker(_proxy.Reactor, dialler, _config.Health, _proxy.Log).Start(_forwarder.Current, _checks.Token);
    }
}
