using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Reads the list <c>listen</c>.</summary>
internal static class ListenReader
{
    public static List<ListenerConfig> Read(Section service, MetricsConfig metrics, Func<Section, ListenerConfig> read)
    {
        var listeners = new List<ListenerConfig>();
        var owners = new Dictionary<(TransportProtocol, Endpoint), string>();
        if (metrics.Enabled) owners.Add((TransportProtocol.Tcp, metrics.Endpoint), "metrics");
        foreach (var item in service.Children("listen"))
        {
            var listener = read(item);
            listeners.Add(listener);
            foreach (var (endpoint, _) in listener.Addresses)
            {
                var taken = listener.Transports.Where(t => !owners.TryAdd((t, endpoint), item.Node.Path)).Select(t => owners[(t, endpoint)]).FirstOrDefault();
                if (taken is not null) item.Error($"{endpoint} is taken by {taken} already");
            }
        }
        if (service.Find("listen") is null or YamlScalar { IsNull: true } or YamlSequence { Items.Count: 0 })
            service.Context.Problems.Warn(service.Find("listen") ?? service.Node, "there are no listeners: nothing comes in");
        return listeners;
    }
}
