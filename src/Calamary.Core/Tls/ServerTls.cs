using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Transport;

namespace Calamary.Core.Tls;

/// <summary>What came of a handshake with a client's server.</summary>
/// <param name="Handshake">The handshake itself. A server that insists on a client certificate ends it, and has shown its own before.</param>
/// <param name="Leaf">The server's certificate, not verified; null when there was none.</param>
/// <param name="Sent">What it sent along, as it was sent. OpenSSL takes 100 KB of certificates, and the stream below 64 KiB.</param>
/// <param name="WantsClientCertificate">The server asked for a certificate of the client; it may do without.</param>
internal readonly record struct ServerHandshake(
    TlsHandshake Handshake, X509Certificate2? Leaf, X509Certificate2Collection Sent, bool WantsClientCertificate);

/// <summary>The client side of TLS towards the servers of clients: it says what the client's own hello says. What the server shows is
/// handed on, not judged.</summary>
internal static class ServerTls
{
    /// <summary>So many application protocols of the hello are offered, of so many bytes together.</summary>
    public const int MaxProtocols = 16, MaxProtocolBytes = 255;

    /// <summary>So many names of servers are remembered that asked for a client certificate.</summary>
    private const int MaxAskers = 4096;

    private const string Hex = "hex:";
    private static readonly TimeSpan AskersFor = TimeSpan.FromHours(24);
    private static readonly ExpiringCache<string, bool> Askers = new(MaxAskers, TimeProvider.System);

    /// <summary>Agrees on TLS over a connection; ends at its deadline.</summary>
    /// <param name="below">What TLS runs over.</param>
    /// <param name="hello">The client's hello; null for none.</param>
    /// <param name="mayResume">A session with a server of that name may be resumed. Only so .NET keeps OpenSSL's context, which costs some 0.4 ms
    /// each time; it remembers 500 sessions. A resumed one shows the certificate of when it began.</param>
    public static async ValueTask<ServerHandshake> ConnectAsync(Connection below, TlsHello? hello, bool mayResume = false)
    {
        X509Certificate2? leaf = null;
        X509Certificate2Collection sent = [];
        var isAsked = false;
        var name = hello?.ServerName ?? "";
        // On a resumed session the server would not ask again.
        var resumes = mayResume && name.Length > 0 && !Askers.TryGet(name, out _);
        var options = new SslClientAuthenticationOptions
        {
            // Empty: no server_name extension (RFC 6066 §3), as in the hello of a client that had none.
            TargetHost = name,
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            AllowTlsResume = resumes,
            ApplicationProtocols = ProtocolsOf(hello),
            // SslStream builds a chain in any case, on the reactor: one without authorities is the cheapest.
            CertificateChainPolicy = ChainPolicies.TrustOnly([], ChainPolicies.ServerAuthentication),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                // SslStream disposes of its own when the handshake fails; this takes a reference.
                if (certificate is not null) leaf = new X509Certificate2(certificate);
                if (chain is not null) sent = chain.ChainPolicy.ExtraStore;
                return leaf is not null;
            },
            // Asked once before the handshake, and again when the server wants a certificate. With it .NET makes a context each time.
            LocalCertificateSelectionCallback = resumes ? null : (_, _, _, remote, _) =>
            {
                isAsked |= remote is not null;
                return null!;
            },
        };
        var flight = resumes ? new ClientFlight() : null;
        // A reset says what a FIN says: servers often close so right behind their alert.
        var handshake = await TlsHandshake.RunAsync(below, mustNotify: false, ssl => ssl.AuthenticateAsClientAsync(options), flight is null ? null : flight.Add);
        isAsked |= flight is { HasCertificate: true };
        if (isAsked && name.Length > 0) Askers.Set(name, true, TimeProvider.System.GetUtcNow() + AskersFor);
        return new(handshake, leaf, WithoutLeaf(sent, leaf), isAsked);
    }

    /// <summary>The application protocols of a hello as bytes again, in its order; null for none.</summary>
    public static List<SslApplicationProtocol>? ProtocolsOf(TlsHello? hello)
    {
        if (hello is null or { Alpn.Count: 0 }) return null;
        var protocols = new List<SslApplicationProtocol>();
        var bytes = 0;
        foreach (var name in hello.Alpn)
        {
            var protocol = BytesOf(name);
            if (protocol.Length is 0 or > 255) continue;
            bytes += protocol.Length;
            if (protocols.Count == MaxProtocols || bytes > MaxProtocolBytes) break;
            protocols.Add(new SslApplicationProtocol(protocol));
        }
        return protocols.Count == 0 ? null : protocols;
    }

    private static byte[] BytesOf(string name)
    {
        if (name.StartsWith(Hex, StringComparison.Ordinal))
        {
            var bytes = new byte[(name.Length - Hex.Length) / 2];
            if (Convert.FromHexString(name.AsSpan(Hex.Length), bytes, out _, out _) == OperationStatus.Done) return bytes;
        }
        return System.Text.Encoding.Latin1.GetBytes(name);
    }

    // Some versions of .NET list the server's own certificate as well.
    private static X509Certificate2Collection WithoutLeaf(X509Certificate2Collection sent, X509Certificate2? leaf) =>
        [.. sent.Where(c => leaf is null || !c.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))];
}
