using Prometheus;

namespace Calamary.Core.Forwarding.Redirection;

/// <summary>The metrics of each proxy. Their labels come from the configuration alone.</summary>
internal sealed class ProxyGauges(IMetricFactory factory)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _shown = [];
    private readonly Gauge _up = factory.CreateGauge("calamary_redirector_proxy_up", "1 when the proxy gets flows, 0 when it is down.", ["proxy"]);
    private readonly Gauge _flows = factory.CreateGauge("calamary_redirector_proxy_flows", "Flows that the proxy has now.", ["proxy"]);
    private readonly Counter _failures =
        factory.CreateCounter("calamary_redirector_proxy_failures", "Connections to the proxy and health checks that failed.", ["proxy"]);

    public void Update(ProxyPool pool)
    {
        // Scrapes may overlap.
        lock (_gate)
        {
            var gone = _shown.Except(pool.Proxies.Select(p => p.Endpoint.ToString())).ToList();
            foreach (var label in gone) Remove(label);
            foreach (var proxy in pool.Proxies)
            {
                var label = proxy.Endpoint.ToString();
                _shown.Add(label);
                _up.WithLabels(label).Set(proxy.IsUp ? 1 : 0);
                _flows.WithLabels(label).Set(proxy.Flows);
                _failures.WithLabels(label).IncTo(proxy.Failures);
            }
        }
    }

    private void Remove(string label)
    {
        _shown.Remove(label);
        _up.RemoveLabelled(label);
        _flows.RemoveLabelled(label);
        _failures.RemoveLabelled(label);
    }
}
