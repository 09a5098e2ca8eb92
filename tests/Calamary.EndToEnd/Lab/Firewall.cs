using System.Globalization;
using System.Text.RegularExpressions;

namespace Calamary.EndToEnd.Lab;

public enum Interception
{
    None,
    Dnat,
    Tproxy,
    /// <summary>TPROXY of TCP and UDP.</summary>
    TproxyUdp,
    /// <summary>DNAT to the proxyproto listener: for clients that put a PROXY header in front.</summary>
    DnatToProxyProto,
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

    // The shortcut is for TCP only: a datagram of a new association may match a socket of another one.
    private const string TproxyUdp = $$"""
        chain prerouting {
            type filter hook prerouting priority mangle;
            ip daddr {{Addresses.Proxy4}} return
            ip6 daddr {{Addresses.Proxy6}} return
            meta l4proto tcp socket transparent 1 meta mark set 1 accept
            iifname "client" meta l4proto { tcp, udp } tproxy ip to 127.0.0.1:4128 meta mark set 1 accept
            iifname "client" meta l4proto { tcp, udp } tproxy ip6 to [::1]:4128 meta mark set 1 accept
        }
        """;

    public static string Rules(Interception interception) => interception switch
    {
        Interception.Dnat => Dnat,
        Interception.DnatToProxyProto => Dnat.Replace(":4128", ":4129", StringComparison.Ordinal),
        Interception.Tproxy => Tproxy,
        Interception.TproxyUdp => TproxyUdp,
        _ => "",
    };

    /// <summary>Replaces the lab's rules in one step.</summary>
    public static Task ApplyAsync(NetNamespace machine, string chains) => ApplyAsync(machine, "lab", chains);

    public static Task<long> CountedConnectionsAsync(NetNamespace machine) => CountedAsync(machine, "lab", "connections");

    /// <summary>Counts the datagrams that come to a port from now on, whether somebody listens there or not.</summary>
    public static Task CountDatagramsAsync(NetNamespace machine, int port) => ApplyAsync(machine, "datagrams", $$"""
        counter datagrams { }
        chain input {
            type filter hook input priority 0;
            iifname "proxy" udp dport {{port}} counter name datagrams
        }
        """);

    public static Task<long> CountedDatagramsAsync(NetNamespace machine) => CountedAsync(machine, "datagrams", "datagrams");

    private static async Task ApplyAsync(NetNamespace machine, string table, string chains) => (await machine.RunAsync(
        ["nft", "-f", "-"], $"table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n{chains}\n}}\n")).Succeeded();

    private static async Task<long> CountedAsync(NetNamespace machine, string table, string counter)
    {
        var listing = (await machine.RunAsync("nft", "list", "counter", "inet", table, counter)).Succeeded().Output;
        return long.Parse(Regex.Match(listing, @"packets (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
