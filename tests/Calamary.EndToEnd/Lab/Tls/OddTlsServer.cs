namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>TLS servers that no product offers: see <c>scripts/odd_tls_server.py</c>, which also prints what it saw. All show the certificate <c>valid</c>.</summary>
public sealed class OddTlsServer
{
    /// <summary>Echoes bytes; no ALPN.</summary>
    public const int Echo = 4430;
    /// <summary>Speaks first, as SMTP; no ALPN.</summary>
    public const int Greet = 4431;
    /// <summary>HTTP/1.1 with long polls, trailers, and its own head in the answer; no ALPN.</summary>
    public const int Http = 4432;
    public const int WebSocket = 4433;
    public const int Grpc = 4434;
    /// <summary>Prints <c>hello HEX</c> and forwards to <see cref="TlsServers.Port"/>.</summary>
    public const int Recorder = 4435;

    public OutputLines Events { get; private set; } = new();

    public async Task<LabProcess> StartAsync(NetNamespace machine)
    {
        var certificate = Pki.Instance["valid"];
        var server = machine.Start(["/usr/bin/python3", "-u", LabFiles.Script("odd_tls_server.py"), Addresses.Tls4, certificate.Chain, certificate.Key]);
        Events = server.Output;
        await server.WaitForPortAsync(Recorder);
        return server;
    }
}
