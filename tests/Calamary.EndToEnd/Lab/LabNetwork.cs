namespace Calamary.EndToEnd.Lab;

/// <summary>Namespaces, links, addresses and routes.</summary>
public static class LabNetwork
{
    public static async Task BuildAsync(NetNamespace client, NetNamespace proxy, NetNamespace server)
    {
        foreach (var machine in new[] { client, proxy, server }) await AddAsync(machine);
        await proxy.ConfigureAsync($"""
            link add client type veth peer name proxy netns {client.Name}
            link add server type veth peer name proxy netns {server.Name}
            link set lo up
            link set client up
            link set server up
            address add {Addresses.Proxy4}/24 dev client
            address add {Addresses.Proxy6}/64 dev client nodad
            address add {Addresses.ProxyOut4}/24 dev server
            address add {Addresses.ProxyOut6}/64 dev server nodad
            """);
        await client.ConfigureAsync(Host(Addresses.Client4, Addresses.Client6, Addresses.Proxy4, Addresses.Proxy6));
        await server.ConfigureAsync(Host(Addresses.Server4, Addresses.Server6, Addresses.ProxyOut4, Addresses.ProxyOut6) + $"""

            address add {Addresses.Refusing4}/24 dev proxy
            address add {Addresses.Refusing6}/64 dev proxy nodad
            address add {Addresses.Quic4}/24 dev proxy
            address add {Addresses.Quic6}/64 dev proxy nodad
            address add {Addresses.Tls4}/24 dev proxy
            address add {Addresses.Tls6}/64 dev proxy nodad
            """);
        await proxy.ConfigureAsync($"""
            route add default via {Addresses.Server4}
            -6 route add default via {Addresses.Server6}
            rule add fwmark 1 lookup 100
            -6 rule add fwmark 1 lookup 100
            route add local default dev lo table 100
            -6 route add local default dev lo table 100
            """);
        await proxy.SysctlAsync("net/ipv4/ip_forward", 1);
        await proxy.SysctlAsync("net/ipv6/conf/all/forwarding", 1);
        // Two flows of one source port to different ports are one after DNAT: the kernel then sends the later one to another listener's port. What is over
        // must not be in the way for minutes, and ports are many.
        await proxy.SysctlAsync("net/netfilter/nf_conntrack_tcp_timeout_time_wait", 1);
        await proxy.SysctlAsync("net/netfilter/nf_conntrack_tcp_timeout_close", 1);
        (await client.RunAsync("sh", "-c", "echo 12000 64999 > /proc/sys/net/ipv4/ip_local_port_range")).Succeeded();
        await Firewall.ApplyAsync(server, Firewall.ConnectionCounter);
    }

    private static async Task AddAsync(NetNamespace machine)
    {
        await using var add = LabProcess.Start(["ip", "netns", "add", machine.Name]);
        if (await add.WaitForExitAsync() != 0) throw new InvalidOperationException(string.Join('\n', add.Error.Snapshot()));
        // Duplicate address detection would keep fresh addresses unusable for a second.
        await machine.SysctlAsync("net/ipv6/conf/all/accept_dad", 0);
        await machine.SysctlAsync("net/ipv6/conf/default/accept_dad", 0);
    }

    private static string Host(string ip4, string ip6, string gateway4, string gateway6) => $"""
        link set lo up
        link set proxy up
        address add {ip4}/24 dev proxy
        address add {ip6}/64 dev proxy nodad
        route add default via {gateway4}
        -6 route add default via {gateway6}
        """;
}
