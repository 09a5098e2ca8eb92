using System.Text;
using Calamary.Core;

namespace Calamary.Redirector;

/// <summary>The proxy's configuration that makes a redirector of it: no rules, everything goes on.</summary>
internal static class Settings
{
    public static string For(string[] listen, bool tproxy)
    {
        var yaml = new StringBuilder("service:\n  denyAlways: []\n  listen:\n");
        foreach (var endpoint in listen.Select(Endpoint.Parse))
        {
            var (ip4, ip6) = endpoint.Address.IsIPv6 ? ("[]", $"['{endpoint.Address}']") : ($"['{endpoint.Address}']", "[]");
            yaml.Append($"    - {{mode: transparent, ip4: {ip4}, ip6: {ip6}, port: {endpoint.Port}, tproxy: {(tproxy ? "true" : "false")}}}\n");
        }
        return yaml.Append("rules:\n  - {match: {}, action: accept}\n").ToString();
    }
}
