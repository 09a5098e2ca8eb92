using System.Globalization;
using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>Reads <c>proxies</c>: where a redirector's flows go.</summary>
internal static class ProxyListReader
{
    private const int Max = 64;

    /// <param name="service">The section that has the list.</param>
    /// <param name="listeners">The redirector's own, where no flow may go.</param>
    public static List<Endpoint> Read(Section service, IEnumerable<ListenerConfig> listeners)
    {
        var proxies = new List<Endpoint>();
        if (service.IsEmpty("proxies"))
        {
            service.Error("proxies", "'proxies' is missing: one or more IP:PORT where flows go, such as ['192.0.2.10:4129']");
            return proxies;
        }
        if (service.Context.Values.Read(service.Find("proxies")!) is not { } values) return proxies;
        var own = new DestinationGuard([], [.. listeners.SelectMany(l => l.Addresses).Select(a => a.Endpoint)], []);
        values.ForEach((index, span, negated) =>
        {
            var text = span.ToString();
            var isEndpoint = Endpoint.TryParse(text, out var proxy) && proxy.Port > 0;
            var fault = negated ? $"'!{text}' cannot be negated here"
                : !isEndpoint ? $"'{text}' is no IP:PORT ([IPv6]:PORT); names are not resolved"
                : !IsOneMachine(proxy.Address) ? $"{proxy.Address} is not the address of a machine"
                : own.TryRefuse(proxy, out _) ? $"{proxy} is the redirector's own listener"
                : proxies.Contains(proxy) ? $"{proxy} is in the list already"
                : proxies.Count == Max ? string.Create(CultureInfo.InvariantCulture, $"there are more than {Max} proxies")
                : null;
            if (fault is not null) service.Context.Problems.Error(values.Locate(index), fault);
            else proxies.Add(proxy);
        });
        return proxies;
    }

    /// <summary>Not unspecified (and all of 0.0.0.0/8), multicast, reserved or broadcast (RFC 6890, RFC 5771, RFC 4291 §2.7).</summary>
    private static bool IsOneMachine(Address address) => address.IsIPv6
        ? !address.IsUnspecified && address.Bits >> 120 != 0xFF
        : (uint)(address.Bits >> 24) is > 0 and < 224;
}
