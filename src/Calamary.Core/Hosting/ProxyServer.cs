using Calamary.Core.Configuration;
using Calamary.Core.Forwarding;
using Calamary.Core.Listening;
using Calamary.Core.Observability;
using Calamary.Core.Transport;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Hosting;

/// <summary>The running proxy: reactors, listeners, and the policy in force. Start, reload and stop come one after another.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly FlowLog _log;
    private readonly FlowMetrics _metrics;
    private readonly PolicyFactory _policies;
    private readonly FlowLimits _limits = new();
    private readonly DescriptorBudget _budget;
    private readonly FlowTable[] _tables;
    private readonly ListenerSet _listeners;
    private readonly MetricsServer _metricsServer;
    private FlowPolicy? _policy;

    public ProxyServer(FlowLog log, FlowMetrics metrics, PolicyFactory policies, IForwarder forwarder)
    {
        _log = log;
        _metrics = metrics;
        _policies = policies;
        Libc.IgnoreBrokenPipes();
        var reactors = Environment.ProcessorCount;
        _budget = DescriptorBudget.Take(reactors);
        _tables = [.. Enumerable.Range(0, reactors).Select(i =>
            new FlowTable(new Reactor(i, _budget.PipesPerReactor, bug => log.Bug("a reactor", bug)), metrics.AddShard()))];
        var pipeline = new FlowPipeline(forwarder, _limits);
        _listeners = new ListenerSet(_tables, () => _policy!, pipeline.RunAsync, IsOwn, log);
        _metricsServer = new MetricsServer(_tables[0].Reactor, metrics, log);
        foreach (var table in _tables) table.Reactor.Start();
    }

    /// <summary>A thread for work beside the flows.</summary>
    public Reactor Reactor => _tables[0].Reactor;

    /// <summary>Puts a configuration in force, at the start or later: all of it, or none of it.</summary>
    /// <returns>The errors; empty when it is in force.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(CalamaryConfig config)
    {
        var policy = _policies.Create(config);
        var metricsErrors = _metricsServer.Prepare(config.Metrics, IsOwn);
        if (metricsErrors.Count > 0) return metricsErrors;
        var listeners = config.Listeners.Select(l => ListenerModel.Create(l, config.Certs)).ToList();
        var errors = await _listeners.ApplyAsync(listeners, () => Commit(config, policy));
        if (errors.Count > 0) _metricsServer.Revert();
        else await _metricsServer.CommitAsync();
        if (errors.Count == 0 && config.Recheck) await RecheckAsync(policy);
        return errors;
    }

    /// <summary>Stops accepting, lets flows finish, and cuts those that are left after <paramref name="drain"/>.</summary>
    /// <param name="drain">How long flows may take.</param>
    /// <param name="atOnce">Cancelled: no more waiting.</param>
    public async Task StopAsync(TimeSpan drain, CancellationToken atOnce)
    {
        await _listeners.CloseAsync();
        foreach (var table in _tables) await table.Reactor.RunAsync(() => table.IsDraining = true);
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        if (_limits.Flows > 0) _log.Info($"Draining: {_limits.Flows} flows have {drain.TotalMilliseconds} ms to finish");
        while (_limits.Flows > 0 && clock.GetElapsedTime(started) < drain && !atOnce.IsCancellationRequested)
        {
            await AbortAsync(static flow => flow.HasNothingToLose, EndReason.Completed);
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
        var cut = await AbortAsync(_ => true, EndReason.Drained);
        if (cut > 0) _log.Warn($"{cut} flows were cut {(atOnce.IsCancellationRequested ? "by a second signal" : "at the end of timeout.drain")}");
    }

    public async ValueTask DisposeAsync()
    {
        await _metricsServer.CloseAsync();
        foreach (var table in _tables) table.Reactor.Dispose();
    }

    private bool IsOwn(Endpoint endpoint) => _listeners.Endpoints.Contains(endpoint) || _metricsServer.Current == endpoint;

    private void Commit(CalamaryConfig config, FlowPolicy policy)
    {
        _limits.MaxFlows = config.Limits.Flows > 0 ? Math.Min(config.Limits.Flows, _budget.Flows) : _budget.Flows;
        if (config.Limits.Flows > _budget.Flows)
            _log.Warn($"limits.flows is {_budget.Flows} instead of {config.Limits.Flows}: the descriptor limit allows no more");
        _limits.MaxPerSource = config.Limits.FlowsPerSource;
        _metrics.ResetRules(policy.Rules.Current);
        Volatile.Write(ref _policy, policy);
    }

    private async Task RecheckAsync(FlowPolicy policy)
    {
        var count = 0;
        foreach (var table in _tables) count += await table.RecheckAsync(policy);
        if (count > 0) _log.Info($"{count} running flows are denied now and were ended");
    }

    private async Task<int> AbortAsync(Func<Flow, bool> which, EndReason reason)
    {
        var count = 0;
        foreach (var table in _tables) count += await table.AbortAsync(which, reason);
        return count;
    }
}
