using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Transport;

namespace Calamary.Core.Tls;

/// <summary>The client side of TLS, for connections to one server.</summary>
internal sealed class TlsClient
{
    private readonly SslClientAuthenticationOptions _options;

    /// <param name="name">What the server's certificate must be for: a host name or an IP address.</param>
    /// <param name="authorities">Which authorities to trust; null for the system's.</param>
    /// <param name="certificate">Our own certificate; null for none.</param>
    public TlsClient(string name, X509Certificate2Collection? authorities, ServerCertificate? certificate) =>
        _options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            CertificateChainPolicy = authorities is null ? null : ChainPolicies.TrustOnly(authorities, ChainPolicies.ServerAuthentication),
            ClientCertificateContext = certificate is null ? null
                : SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true),
        };

    /// <summary>Agrees on TLS over a connected socket.</summary>
    public ValueTask<TlsHandshake> ConnectAsync(ReactorSocket socket) =>
        TlsHandshake.RunAsync(socket, mustNotify: true, ssl => ssl.AuthenticateAsClientAsync(_options));
}
