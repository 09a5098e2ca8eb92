namespace Calamary.EndToEnd.Udp;

/// <summary>Scripted clients for datagrams, and the server that echoes them.</summary>
public static class UdpClients
{
    public const int Echo = 7010;
    public const int OtherEcho = 7011;
    /// <summary>Answers must come from it, which takes a right of its own.</summary>
    public const int LowEcho = 500;

    public static TheoryData<IpFamily> Families { get; } = [IpFamily.IPv4, IpFamily.IPv6];

    public static Settings AcceptUdp { get; } = Settings.Udp.Rule("{protoL4: udp}", "accept");

    public static async Task<LabProcess> StartEchoAsync(this NetworkLab lab)
    {
        var echo = lab.Server.Start(
        [
            "/usr/bin/python3", "-u", LabFiles.Script("udp_echo.py"), Addresses.Server4, Addresses.Server6, $"{Echo}", $"{OtherEcho}", $"{LowEcho}",
        ]);
        await echo.Output.WaitForAsync("^ready$");
        return echo;
    }

    /// <summary>A scenario of <c>scripts/udp_client.py</c>, towards the server: the lines that it prints.</summary>
    public static Task<string[]> UdpAsync(this NetNamespace machine, IpFamily family, string scenario, int port, params string[] arguments) =>
        machine.LinesAsync("udp_client.py", scenario, Addresses.Server(family), $"{port}", arguments);

    /// <summary>The same, running on.</summary>
    public static LabProcess StartUdp(this NetNamespace machine, IpFamily family, string scenario, int port, params string[] arguments) =>
        machine.Start(["/usr/bin/python3", "-u", LabFiles.Script("udp_client.py"), scenario, Addresses.Server(family), $"{port}", .. arguments]);

    /// <summary>A scenario of <c>scripts/quic_client.py</c>, towards the echo server.</summary>
    public static Task<string[]> QuicAsync(this NetworkLab lab, IpFamily family, string scenario, string name, params string[] arguments) =>
        lab.Client.LinesAsync("quic_client.py", scenario, Addresses.Server(family), $"{Echo}", [name, .. arguments]);

    /// <summary>Queries on one socket, one after another; an exclamation mark stands before names that get no answer.</summary>
    public static Task<string[]> QueriesAsync(this NetworkLab lab, IpFamily family, string protocol, params string[] names) =>
        lab.Client.LinesAsync("dns_queries.py", protocol, Addresses.Server(family), names[0], names[1..]);

    public static async Task<string[]> LinesAsync(this NetNamespace machine, string script, string first, string second, string third, string[] more) =>
        (await machine.RunAsync(["/usr/bin/python3", LabFiles.Script(script), first, second, third, .. more], null, 60)).Succeeded().Output.Split('\n');

    public static Task EndedAsync(this CalamaryProcess calamary, string reason, int count = 1) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync()).FlowEnd(reason) == count, $"{count} flows ended by {reason}");

    /// <summary>As it stands in a pattern for log lines: the source, and the destination with its port.</summary>
    public static string Flow(IpFamily family, int port) =>
        $@"{Addresses.Client(family)} => {System.Text.RegularExpressions.Regex.Escape(Addresses.Bracketed(Addresses.Server(family)))}:{port}";
}
