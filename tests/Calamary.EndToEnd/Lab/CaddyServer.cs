namespace Calamary.EndToEnd.Lab;

/// <summary>Caddy on <see cref="Addresses.Quic4"/> and <see cref="Addresses.Quic6"/>, port 443, with HTTP/1.1, HTTP/2 and HTTP/3. Its pages tell the name and
/// the protocol: <c>a by HTTP/3.0</c>.</summary>
public static class CaddyServer
{
    public static async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var certificates = await Certificates.GetAsync();
        var folder = LabFiles.NewDirectory("caddy");
        var file = Path.Combine(folder, "Caddyfile");
        await File.WriteAllTextAsync(file, $$"""
            {
                admin off
                auto_https off
            }
            {{Site("a", certificates)}}
            {{Site("b", certificates)}}
            """);
        var environment = new Dictionary<string, string> { ["HOME"] = folder, ["XDG_DATA_HOME"] = folder, ["XDG_CONFIG_HOME"] = folder };
        var caddy = machine.Start(["caddy", "run", "--adapter", "caddyfile", "--config", file], environment: environment);
        await caddy.WaitForUdpPortAsync(443);
        return caddy;
    }

    private static string Site(string name, Certificates certificates) => $$"""
        {{name}}.example.test:443 {
            bind {{Addresses.Quic4}} [{{Addresses.Quic6}}]
            tls {{certificates.Server}} {{certificates.ServerKey}}
            respond "{{name}} by {http.request.proto}"
        }
        """;
}
