using System.Globalization;
using System.Text.RegularExpressions;

namespace Calamary.EndToEnd.Lab;

public enum Interception
{
    None,
    Dnat,
    Tproxy,
}

/// <summary>nftables rulesets, each in the one table <c>inet lab</c>.</summary>
public static class Firewall
{
    public const string ConnectionCounter = """
        counter connections { }
        chain input {
            type filter hook input priority 0;
            iifname "proxy" tcp dport != 53 tcp flags & (syn | ack) == syn counter name connections
        }
        """;

    /// <summary>Everything the proxy itself sends to port 443 comes back to its listener: the classical mistake.</summary>
    public const string OutputLoop = """
        chain output {
            type nat hook output priority -100;
            tcp dport 443 redirect to :4128
        }
        """;

    private const string Dnat = $$"""
        chain prerouting {
            type nat hook prerouting priority dstnat;
            ip daddr {{Addresses.Proxy4}} return
            ip6 daddr {{Addresses.Proxy6}} return
            iifname "client" meta l4proto tcp redirect to :4128
        }
        """;

    private const string Tproxy = $$"""
        chain prerouting {
            type filter hook prerouting priority mangle;
            ip daddr {{Addresses.Proxy4}} return
            ip6 daddr {{Addresses.Proxy6}} return
            meta l4proto tcp socket transparent 1 meta mark set 1 accept
            iifname "client" meta l4proto tcp tproxy ip to 127.0.0.1:4128 meta mark set 1 accept
            iifname "client" meta l4proto tcp tproxy ip6 to [::1]:4128 meta mark set 1 accept
        }
        """;

    public static string Rules(Interception interception) => interception switch
    {
        Interception.Dnat => Dnat,
        Interception.Tproxy => Tproxy,
        _ => "",
    };

    /// <summary>Replaces the lab's rules in one step.</summary>
    public static async Task ApplyAsync(NetNamespace machine, string chains) => (await machine.RunAsync(
        ["nft", "-f", "-"], $"table inet lab\ndelete table inet lab\ntable inet lab {{\n{chains}\n}}\n")).Succeeded();

    public static async Task<long> CountedConnectionsAsync(NetNamespace machine)
    {
        var listing = (await machine.RunAsync("nft", "list", "counter", "inet", "lab", "connections")).Succeeded().Output;
        return long.Parse(Regex.Match(listing, @"packets (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
