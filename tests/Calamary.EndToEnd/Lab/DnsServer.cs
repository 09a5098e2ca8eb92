using System.Net;

namespace Calamary.EndToEnd.Lab;

/// <summary>dnsmasq on the server machine, the only source of names; anything else under <c>test</c> does not exist.</summary>
public static class DnsServer
{
    private static readonly string[] Records =
    [
        $"a.example.test,{Addresses.Server4},{Addresses.Server6}",
        $"b.example.test,{Addresses.Server4},{Addresses.Server6}",
        $"v4.example.test,{Addresses.Server4}",
        $"v6.example.test,{Addresses.Server6}",
        $"dead6.example.test,{Addresses.Server4},{Addresses.Silent6}",
        $"many.example.test,{Addresses.Server4}",
        $"many.example.test,{Addresses.Silent4},{Addresses.Silent6}",
        $"many.example.test,{Addresses.Refusing4},{Addresses.Refusing6}",
        $"refusing.example.test,{Addresses.Refusing4}",
        $"silent.example.test,{Addresses.Silent4}",
        "loopback4.example.test,127.0.0.1",
        "loopback6.example.test,::1",
        "mapped.example.test,::ffff:127.0.0.1",
        "linklocal.example.test,169.254.169.254",
        $"rebind.example.test,{Addresses.Server4}",
        "rebind.example.test,127.0.0.1",
        $"self.example.test,{Addresses.Proxy4}",
    ];

    /// <summary>Records of types that dnsmasq has no option for: name, type and data in hexadecimal digits.</summary>
    private static readonly string[] RawRecords =
    [
        // HTTPS 1 . alpn=h3,h2 ipv4hint=10.77.2.2 ech=(64 bytes) ipv6hint=fd77:2::2
        $"ech.example.test,65,0001000001000602683302683200040004{Hex(Addresses.Server4)}00050040{new string('e', 128)}00060010{Hex(Addresses.Server6)}",
        // HTTPS 1 . alpn=h2
        "noech.example.test,65,00010000010003026832",
    ];

    public static async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var dnsmasq = machine.Start(
        [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--no-hosts", "--no-resolv",
            "--bind-interfaces", $"--listen-address={Addresses.Server4},{Addresses.Server6}", "--local=/test/", "--log-facility=-",
            $"--address=/tls.test/{Addresses.Tls4}", $"--address=/tls.test/{Addresses.Tls6}",
            .. Records.Select(record => "--host-record=" + record), .. RawRecords.Select(record => "--dns-rr=" + record),
        ]);
        await dnsmasq.WaitForPortAsync(53);
        return dnsmasq;
    }

    private static string Hex(string address) => Convert.ToHexString(IPAddress.Parse(address).GetAddressBytes());
}
