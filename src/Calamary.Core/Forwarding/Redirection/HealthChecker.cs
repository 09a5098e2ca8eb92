using Calamary.Core.Configuration;
using Calamary.Core.Observability;
using Calamary.Core.Transport;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>Checks every proxy again and again, and at once when a flow could not reach it. Nothing else takes a proxy out or back in.</summary>
/// <param name="reactor">Where the checks run.</param>
/// <param name="dialler">Connects within the checks' timeout.</param>
/// <param name="config">How often, and how long.</param>
/// <param name="log">Told when a proxy goes down or comes up.</param>
internal sealed class HealthChecker(Reactor reactor, Dialler dialler, HealthConfig config, FlowLog log)
{
    private readonly HealthCheck _check = new(reactor, dialler, config.Timeout);
    private bool _hasWarned;

    /// <summary>Starts to check all proxies, at once and then at every interval, until it is cancelled.</summary>
    public void Start(RedirectorModel model, CancellationToken stop)
    {
        foreach (var proxy in model.Pool.Proxies)
            reactor.Post(_ => _ = RunAsync(proxy, model.Link, stop), null);
    }

    private async Task RunAsync(ProxyState proxy, ProxyLink link, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var began = reactor.Now;
                var result = await _check.RunAsync(proxy.Endpoint, link);
                // A proxy that refuses one connection in twenty is not down. One that lets them wait has had its time.
                if (proxy.IsUp && IsFault(result) && reactor.Now - began < config.Timeout.TotalMilliseconds)
                    result = await _check.RunAsync(proxy.Endpoint, link);
                // What was true of another configuration is not told of this one.
                if (stop.IsCancellationRequested) return;
                Take(proxy, result);
            }
            catch (Exception bug)
            {
                log.Bug("health checks", bug);
            }
            await proxy.WaitForDoubtAsync(config.Interval, stop);
        }
    }

    private static bool IsFault(CheckResult result) => result.Outcome is CheckOutcome.Failed or CheckOutcome.Refused;

    private void Take(ProxyState proxy, CheckResult result)
    {
        if (result.Outcome == CheckOutcome.Unknown)
        {
            // One line, however many proxies there are and however long it lasts.
            if (!_hasWarned) log.Warn($"Proxies cannot be checked, they count as before: {result.Detail} (see output and the limit of open files)");
            _hasWarned = true;
            return;
        }
        if (IsFault(result)) proxy.Fail(result.Detail!, log);
        // It runs, but nothing in it does. One that has never closed a check means nothing by its silence.
        else if (result.Outcome == CheckOutcome.Silent && proxy.ClosesChecks) proxy.Fail("it does not answer health checks any more", log);
        else proxy.Answer(log);
        // Where nobody listened, another program may be next.
        proxy.ClosesChecks = result.Outcome == CheckOutcome.Closed || (proxy.ClosesChecks && result.Outcome != CheckOutcome.Refused);
    }
}
