using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Transport;

namespace Calamary.Core.Tls;

/// <summary>The server side of TLS: one for a listener, shared by its flows, so that sessions can be resumed.</summary>
internal sealed class TlsServer
{
    private readonly SslServerAuthenticationOptions _options;
    private readonly bool _mustNotify;

    /// <param name="certificate">What clients see.</param>
    /// <param name="clientAuthorities">Clients need a certificate of one of these; null when they need none.</param>
    /// <param name="mustNotify">Clients must end their direction by <c>close_notify</c>; browsers and others just close.</param>
    /// <param name="protocols">Application protocols (RFC 7301), the preferred one first; none: the extension is ignored.</param>
    public TlsServer(ServerCertificate certificate, X509Certificate2Collection? clientAuthorities, bool mustNotify, params string[] protocols)
    {
        _mustNotify = mustNotify;
        var trust = clientAuthorities is null ? null : SslCertificateTrust.CreateForX509Collection(clientAuthorities, sendTrustInHandshake: true);
        _options = new SslServerAuthenticationOptions
        {
            // Offline: nothing is fetched to complete a chain or to staple.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Certificate, certificate.Intermediates, offline: true, trust),
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            // A resumed session has the client's own certificate, but not the intermediates to verify it by.
            AllowTlsResume = clientAuthorities is null,
            ClientCertificateRequired = clientAuthorities is not null,
            CertificateChainPolicy = clientAuthorities is null ? null : ChainPolicies.TrustOnly(clientAuthorities, ChainPolicies.ClientAuthentication),
            ApplicationProtocols = protocols.Length == 0 ? null : [.. protocols.Select(static p => new SslApplicationProtocol(p))],
        };
    }

    /// <summary>Agrees on TLS with a client of an intercepted flow.</summary>
    /// <param name="below">The client's connection; its hello was not read yet.</param>
    /// <param name="certificate">What the client sees.</param>
    /// <param name="protocol">The application protocol that the server has chosen out of the client's; empty for none.</param>
    public static ValueTask<TlsHandshake> AcceptAsync(Connection below, SslStreamCertificateContext certificate, ReadOnlyMemory<byte> protocol)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            ApplicationProtocols = protocol.IsEmpty ? null : [new SslApplicationProtocol(protocol.ToArray())],
        };
        return TlsHandshake.RunAsync(below, mustNotify: false, ssl => ssl.AuthenticateAsServerAsync(options));
    }

    /// <summary>Agrees on TLS with a client.</summary>
    public ValueTask<TlsHandshake> AcceptAsync(Connection below) =>
        TlsHandshake.RunAsync(below, _mustNotify, ssl => ssl.AuthenticateAsServerAsync(_options));
}
