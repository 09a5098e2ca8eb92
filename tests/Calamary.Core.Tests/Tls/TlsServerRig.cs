using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tests.Hosting;

namespace Calamary.Core.Tests.Tls;

/// <summary>A TLS server on loopback that tells what its clients said.</summary>
internal sealed class TlsServerRig : IDisposable
{
    private readonly LoopbackServer _server;
    private readonly SslStreamCertificateContext _certificate;
    private int _connections;

    public TlsServerRig(TestIssuer leaf, params TestIssuer[] intermediates)
    {
        _certificate = SslStreamCertificateContext.Create(leaf.Certificate, [.. intermediates.Select(i => i.Public)], offline: true);
        _server = new LoopbackServer(ServeAsync);
    }

    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    public bool AsksForCertificate { get; init; }

    public bool RequiresCertificate { get; init; }

    public TimeSpan Delay { get; init; }

    public List<SslApplicationProtocol>? Alpn { get; init; }

    public Endpoint Endpoint => new(Address.From(System.Net.IPAddress.Loopback), (ushort)_server.Port);

    public int Port => _server.Port;

    public int Connections => _connections;

    /// <summary>Server name and chosen protocol of each handshake.</summary>
    public ConcurrentQueue<(string Name, SslProtocols Version, string Protocol, X509Certificate? Client)> Hellos { get; } = new();

    public void Dispose() => _server.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        await Task.Delay(Delay);
        await using var ssl = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            var name = "";
            await ssl.AuthenticateAsServerAsync((_, hello, _, _) =>
            {
                name = hello.ServerName;
                return new(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = _certificate,
                    EnabledSslProtocols = Protocols,
                    ApplicationProtocols = Alpn,
                    ClientCertificateRequired = AsksForCertificate || RequiresCertificate,
                    RemoteCertificateValidationCallback = RequiresCertificate ? null : static (_, certificate, _, _) => certificate is null,
                });
            }, null, CancellationToken.None);
            Hellos.Enqueue((name, ssl.SslProtocol, ssl.NegotiatedApplicationProtocol.ToString(), ssl.RemoteCertificate));
            await ssl.WriteAsync("hello"u8.ToArray());
            await ssl.ReadExactlyAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client has seen enough.
        }
    }
}
