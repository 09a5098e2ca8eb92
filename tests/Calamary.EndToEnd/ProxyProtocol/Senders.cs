namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>Products that send PROXY headers, on the client machine. They listen on the server's own addresses, as a load balancer in front
/// of it would, so their headers name them as destination.</summary>
public static class Senders
{
    private const int Web = 80;
    private const int WebTls = 443;

    /// <summary>The server's addresses for the senders, and those of the clients behind them.</summary>
    public static Task AddAddressesAsync(NetworkLab lab) => lab.Client.ConfigureAsync($"""
        address replace {Addresses.Server4}/32 dev lo
        address replace {Addresses.Server6}/128 dev lo
        address replace {Headers.Behind4}/32 dev lo
        address replace {Headers.Behind6}/128 dev lo
        """);

    /// <summary>HAProxy; its standard error tells when a server goes down.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="family">By which family it reaches the proxy, and takes clients.</param>
    /// <param name="header">What the server line says of the header.</param>
    public static Task<LabProcess> StartHaProxyAsync(NetworkLab lab, IpFamily family, string header) =>
        StartHaProxyAsync(lab, family, $"{Addresses.Proxy(family)}:{ProxyProtoClient.Port}", header, "");

    /// <summary>HAProxy with another server than the proxy, and more sections.</summary>
    public static async Task<LabProcess> StartHaProxyAsync(NetworkLab lab, IpFamily family, string server, string header, string more)
    {
        var here = Addresses.Server(family);
        return await StartHaProxyAsync(lab.Client, $"""
            listen web
              bind {here}:{Web}
              bind {here}:{WebTls}
              server next {server} {header}
            {more}
            """, WebTls);
    }

    /// <summary>HAProxy with any sections.</summary>
    public static async Task<LabProcess> StartHaProxyAsync(NetNamespace machine, string sections, int port)
    {
        var file = LabFiles.NewFile("haproxy.cfg", $"""
            defaults
              mode tcp
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            {sections}

            """);
        var haproxy = machine.Start(["/usr/sbin/haproxy", "-db", "-f", file]);
        await haproxy.WaitForPortAsync(port);
        return haproxy;
    }

    /// <summary>nginx, which knows version 1 only.</summary>
    public static async Task<LabProcess> StartNginxAsync(NetworkLab lab, IpFamily family)
    {
        var here = Addresses.Bracketed(Addresses.Server(family));
        var folder = LabFiles.NewDirectory("nginx-stream");
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            load_module /usr/lib/nginx/modules/ngx_stream_module.so;
            daemon off;
            user root;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { }
            stream {
                server {
                    listen {{here}}:{{Web}};
                    listen {{here}}:{{WebTls}};
                    proxy_pass {{Addresses.Bracketed(Addresses.Proxy(family))}}:{{ProxyProtoClient.Port}};
                    proxy_protocol on;
                }
            }
            """);
        var nginx = lab.Client.Start(["nginx", "-c", file, "-p", folder, "-e", "stderr"]);
        await nginx.WaitForPortAsync(WebTls);
        return nginx;
    }

    /// <summary>GET by TLS through the sender, from an address of a client behind it.</summary>
    public static Task<CurlResult> GetAsync(NetworkLab lab, IpFamily family) => lab.Client.CurlAsync(
        ["--interface", Headers.Behind(family), .. Curl.Resolve("a.example.test", WebTls, Addresses.Server(family)), "https://a.example.test/"]);
}
