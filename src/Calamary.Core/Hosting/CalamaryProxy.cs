using System.Runtime.Versioning;
using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Observability;
using Calamary.Core.Protocols;
using Calamary.Core.Rules;
using Calamary.Core.Transport;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Hosting;

/// <summary>A running Calamary. Under a generic host it starts and stops with it; it can as well be started by hand.</summary>
[SupportedOSPlatform("linux")]
public sealed class CalamaryProxy : IReloadableService<CalamaryConfig>
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly ProxyServer _server;
    private CalamaryConfig _config;

    /// <summary>For dependency injection: see <see cref="CalamaryServiceCollectionExtensions.AddCalamary"/>.</summary>
    /// <param name="options">The configuration to start with.</param>
    /// <param name="logging">Where log lines go, under the categories service, parse, filter, forward and send.</param>
    /// <param name="protocols">More protocols than the built-in ones, tried after them; 64 in all are tried.</param>
    /// <param name="datagramProtocols">The same over UDP.</param>
    /// <param name="engines">An engine that replaces the configured rules; the last one counts.</param>
    /// <param name="forwarders">A forwarder that replaces dialling and relaying; the last one counts.</param>
    /// <exception cref="InvalidOperationException">There is no configuration.</exception>
    public CalamaryProxy(CalamaryOptions options, ILoggerFactory logging, IEnumerable<IProtocolParser> protocols,
        IEnumerable<IDatagramParser> datagramProtocols, IEnumerable<IRuleEngine> engines, IEnumerable<IForwarder> forwarders)
    {
        ArgumentNullException.ThrowIfNull(options);
        _config = options.Configuration ?? throw new InvalidOperationException("CalamaryOptions.Configuration is not set");
        Log = new FlowLog(logging);
        Metrics = new FlowMetrics(Version, options.DroppedLogLines ?? (static () => 0));
        var policies = new PolicyFactory(Log, [.. ProtocolCatalog.BuiltIn, .. protocols], [.. ProtocolCatalog.Datagrams, .. datagramProtocols], engines.LastOrDefault());
        Own = policies.Own;
        _server = new ProxyServer(Log, Metrics, policies, forwarders.LastOrDefault() ?? new DirectForwarder());
    }

    /// <summary>The version of the library: <c>0.1.0</c>.</summary>
    public static string Version { get; } = typeof(CalamaryProxy).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>For what is built upon it.</summary>
    internal FlowLog Log { get; }

    /// <summary>The same.</summary>
    internal FlowMetrics Metrics { get; }

    /// <summary>Where connections of what is built upon it are told, so that they are known when they come back.</summary>
    internal OwnEndpoints Own { get; }

    /// <summary>A thread for work beside the flows.</summary>
    internal Reactor Reactor => _server.Reactor;

    /// <summary>Opens the listeners.</summary>
    /// <param name="cancellationToken">Not observed: starting does not wait for anything.</param>
    /// <exception cref="IOException">Something could not be opened; the message has every error, a line each.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var errors = await ReloadAsync(_config);
        if (errors.Count > 0) throw new IOException(string.Join('\n', errors));
    }

    /// <summary>Puts another configuration in force in one step. Running flows keep theirs; listeners that do not change are not reopened.</summary>
    /// <param name="config">The new configuration.</param>
    /// <returns>The errors; when there are any, everything stays as it was.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(CalamaryConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        await _oneAtATime.WaitAsync();
        try
        {
            var errors = await _server.ApplyAsync(config);
            if (errors.Count == 0) _config = config;
            return errors;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stops accepting and lets flows finish for <c>timeout.drain</c>.</summary>
    /// <param name="cancellationToken">Ends the waiting: what is left is cut.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(CancellationToken.None);
        await _server.StopAsync(_config.Timeouts.Drain, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _oneAtATime.Dispose();
    }
}
