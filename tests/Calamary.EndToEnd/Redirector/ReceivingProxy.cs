using System.Text.Json;

namespace Calamary.EndToEnd.Redirector;

/// <summary>Calamary on the server machine, behind the redirector. Several may run there, each on its own port.</summary>
internal static class ReceivingProxy
{
    public const int Port = 4129;
    public const int OtherPort = 4139;
    public const string Trusted = "trusted: ['10.77.2.1', 'fd77:2::1']";

    public static string Endpoint(IpFamily family, int port = Port) => $"{Addresses.Bracketed(Addresses.Server(family))}:{port}";

    /// <summary>Starts one that logs JSON, so that flows are told apart by their ports.</summary>
    public static async Task<LabProcess> StartAsync(NetworkLab lab, int port = Port, string listener = Trusted, string more = "debug: false")
    {
        var file = LabFiles.NewFile("calamary.yml", $$"""
            service:
              listen: [{mode: proxyproto, ip4: ['0.0.0.0'], ip6: ['::'], port: {{port}}, {{listener}}}]
              log: {format: json}
              {{more}}
            rules: [{match: {}, action: accept}]
            """);
        var proxy = lab.Server.Start([CalamaryProcess.Binary, "-f", file]);
        await proxy.WaitForPortAsync(port);
        return proxy;
    }

    /// <summary>The flows that it has accepted.</summary>
    public static IReadOnlyList<(string Source, int Port, string Destination)> Accepted(this LabProcess proxy) =>
    [
        .. from line in proxy.Output.Snapshot()
           where line.Contains("\"basis\":", StringComparison.Ordinal)
           let fields = JsonDocument.Parse(line).RootElement
           select (fields.GetProperty("source").GetString()!, fields.GetProperty("sport").GetInt32(), fields.GetProperty("destination").GetString()!),
    ];
}
