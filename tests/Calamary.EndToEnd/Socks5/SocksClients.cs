namespace Calamary.EndToEnd.Socks5;

/// <summary>curl and scripted clients, told to use the SOCKS5 listener.</summary>
public static class SocksClients
{
    public const int Port = 4132;
    public const int Echo = 7010;
    public const int Forbidden = 7011;

    public static Settings Listener { get; } = new Settings().Listen("mode: socks5, udp: true, ip4: ['0.0.0.0'], ip6: ['::']", Port);

    /// <summary>curl; <paramref name="scheme"/> is socks5 (it resolves names itself) or socks5h.</summary>
    public static Task<CurlResult> SocksAsync(this NetworkLab lab, string scheme, IpFamily family, params string[] arguments) => lab.Client.CurlAsync(
        ["-x", $"{scheme}://{Addresses.Bracketed(Addresses.Proxy(family))}:{Port}", .. arguments]);

    public static Task<CurlResult> SocksAsync(this NetworkLab lab, params string[] arguments) => lab.SocksAsync("socks5h", IpFamily.IPv4, arguments);

    /// <summary>Sends bytes (backslash escapes), and reads to the end: as hexadecimal digits.</summary>
    public static async Task<string> RawSocksAsync(this NetworkLab lab, string bytes)
    {
        var outcome = await lab.Client.PeerAsync(Addresses.Proxy4, Port, "--send", bytes, "--timeout", "5");
        return $"{Convert.ToHexString(System.Text.Encoding.Latin1.GetBytes(outcome.Text))} {outcome.End}";
    }

    /// <summary>A scenario of <c>scripts/socks_udp.py</c>: the lines that it prints.</summary>
    public static async Task<string[]> DatagramsAsync(this NetworkLab lab, IpFamily family, params string[] arguments) =>
        (await lab.Client.RunAsync(Command(family, arguments), null, 60)).Succeeded().Output.Split('\n');

    public static Task<string[]> DatagramsAsync(this NetworkLab lab, params string[] arguments) => lab.DatagramsAsync(IpFamily.IPv4, arguments);

    public static string[] Command(IpFamily family, params string[] arguments) =>
        ["/usr/bin/python3", "-u", LabFiles.Script("socks_udp.py"), Addresses.Proxy(family), $"{Port}", .. arguments];

    /// <summary>Waits until so many flows have ended for a reason.</summary>
    public static Task EndedAsync(this CalamaryProcess calamary, string reason, int count = 1) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync()).FlowEnd(reason) == count, $"{count} flows ended by {reason}");

    /// <summary>Waits until so many datagrams have come to a port of the server.</summary>
    public static Task CameAsync(this LabProcess echo, int count, string pattern) =>
        Eventually.TrueAsync(() => echo.Output.Count(pattern) == count, $"{count} datagrams came");

    /// <summary>Echoes datagrams on the server machine.</summary>
    public static async Task<LabProcess> StartUdpEchoAsync(this NetworkLab lab)
    {
        var echo = lab.Server.Start(
            ["/usr/bin/python3", "-u", LabFiles.Script("udp_echo.py"), Addresses.Server4, Addresses.Server6, $"{Echo}", $"{Forbidden}"]);
        await echo.Output.WaitForAsync("^ready$");
        return echo;
    }
}
