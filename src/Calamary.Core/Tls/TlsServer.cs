using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Transport;

namespace Calamary.Core.Tls;

/// <summary>The server side of TLS: one for a listener, shared by its flows, so that sessions can be resumed.</summary>
internal sealed class TlsServer
{
    private readonly SslServerAuthenticationOptions _options;

    /// <param name="certificate">What clients see.</param>
    /// <param name="clientAuthorities">Clients need a certificate of one of these; null when they need none.</param>
    /// <param name="protocols">Application protocols (RFC 7301), the preferred one first; none: the extension is ignored.</param>
    public TlsServer(ServerCertificate certificate, X509Certificate2Collection? clientAuthorities, params string[] protocols)
    {
        var trust = clientAuthorities is null ? null : SslCertificateTrust.CreateForX509Collection(clientAuthorities, sendTrustInHandshake: true);
        _options = new SslServerAuthenticationOptions
        {
            // Offline: nothing is fetched to complete a chain or to staple.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true, trust),
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            ClientCertificateRequired = clientAuthorities is not null,
            CertificateChainPolicy = clientAuthorities is null ? null : ChainPolicies.TrustOnly(clientAuthorities, ChainPolicies.ClientAuthentication),
            ApplicationProtocols = protocols.Length == 0 ? null : [.. protocols.Select(static p => new SslApplicationProtocol(p))],
        };
    }

    /// <summary>Agrees on TLS with a client.</summary>
    public ValueTask<TlsHandshake> AcceptAsync(ReactorSocket socket) =>
        TlsHandshake.RunAsync(socket, ssl => ssl.AuthenticateAsServerAsync(_options));
}
