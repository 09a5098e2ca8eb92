using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>Makes the certificates that clients of intercepted flows see: for the same names as the server's own. One for a server's
/// certificate that is not valid is signed by an authority that nobody has, so that clients find fault with it, too. Any thread.</summary>
internal sealed class LeafIssuer
{
    /// <summary>So many certificates are kept; what was not used for long makes room.</summary>
    public const int MaxKept = 4096;

    /// <summary>What the throw-away authority is called: people read it in their browsers.</summary>
    public const string UntrustedName = "Not trusted: the certificate of the server is not valid";

    /// <summary>Longer ones of authorities that a machine's owner has added are refused by Apple's clients (825 days), and by some others.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(365);

    private static readonly Oid ServerAuthentication = new(ChainPolicies.ServerAuthentication);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Authority _trusted;
    private readonly Authority _untrusted = Authority.ThrowAway();
    private readonly Lock _gate = new();
    private Dictionary<Key, Lazy<SslStreamCertificateContext>> _young = [];
    private Dictionary<Key, Lazy<SslStreamCertificateContext>> _old = [];

    /// <param name="authority">The CA with its key, and what leads from it to the root.</param>
    public LeafIssuer(ServerCertificate authority) => _trusted = new(authority.Certificate, authority.Intermediates);

    /// <summary>The certificate to show in the place of a server's.</summary>
    public SslStreamCertificateContext For(X509Certificate2 server, bool isValid)
    {
        var key = Key.Of(server, isValid);
        Lazy<SslStreamCertificateContext>? leaf;
        lock (_gate)
        {
            if (!_young.TryGetValue(key, out leaf))
            {
                if (!_old.Remove(key, out leaf)) leaf = new(() => Issue(server, isValid));
                // What was used since the last change of generations stays.
                if (_young.Count >= MaxKept / 2) (_old, _young) = (_young, []);
                _young[key] = leaf;
            }
        }
        return leaf.Value;
    }

    private SslStreamCertificateContext Issue(X509Certificate2 server, bool isValid)
    {
        var authority = isValid ? _trusted : _untrusted;
        var request = new CertificateRequest(server.SubjectName, _key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        extensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false));
        if (authority.KeyIdentifier is { } identifier) extensions.Add(identifier);
        foreach (var extension in server.Extensions)
            if (extension is X509SubjectAlternativeNameExtension) extensions.Add(extension);

        var (from, to) = Dates(server, isValid);
        using var leaf = request.Create(authority.Name, authority.Signer, from, to, RandomNumberGenerator.GetBytes(16));
        return SslStreamCertificateContext.Create(leaf.CopyWithPrivateKey(_key), authority.Chain, offline: true, authority.Trust);
    }

    /// <summary>A server's dates are kept where they are what is wrong.</summary>
    private (DateTimeOffset From, DateTimeOffset To) Dates(X509Certificate2 server, bool isValid)
    {
        DateTimeOffset from = server.NotBefore, to = server.NotAfter;
        if (!isValid) return (from, from < to ? to : from);
        var now = TimeProvider.System.GetUtcNow();
        (from, to) = (Later(from, now - MaxAge / 2), Earlier(Earlier(to, _trusted.NotAfter), now + MaxAge / 2));
        return (from, from < to ? to : from);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <summary>Who signs.</summary>
    private sealed class Authority(X509Certificate2 certificate, X509Certificate2Collection intermediates)
    {
        private readonly X509SubjectKeyIdentifierExtension? _subject = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault();

        public X500DistinguishedName Name => certificate.SubjectName;

        public DateTimeOffset NotAfter { get; } = certificate.NotAfter;

        public X509SignatureGenerator Signer { get; } = certificate.GetECDsaPrivateKey() is { } key
            ? X509SignatureGenerator.CreateForECDsa(key)
            : X509SignatureGenerator.CreateForRSA(certificate.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1);

        /// <summary>What clients may lack on the way to the root; the root itself is theirs.</summary>
        public X509Certificate2Collection Chain { get; } = IsRoot(certificate) ? [] : [WithoutKey(certificate), .. intermediates];

        /// <summary>What chains are built by, so that it is not all of the system's.</summary>
        public SslCertificateTrust Trust { get; } = SslCertificateTrust.CreateForX509Collection([WithoutKey(certificate), .. intermediates]);

        public X509Extension? KeyIdentifier => _subject is null ? null : X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(_subject);

        public static Authority ThrowAway()
        {
            var request = new CertificateRequest(new X500DistinguishedName($"CN=\"{UntrustedName}\""), ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
            var now = TimeProvider.System.GetUtcNow();
            return new(request.CreateSelfSigned(now.AddYears(-10), now.AddYears(10)), []);
        }

        private static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

        private static X509Certificate2 WithoutKey(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawData);
    }

    /// <summary>Names a server's certificate by its SHA-256.</summary>
    private readonly record struct Key(UInt128 High, UInt128 Low, bool IsValid)
    {
        public static Key Of(X509Certificate2 certificate, bool isValid)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(certificate.RawDataMemory.Span, hash);
            return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]), isValid);
        }
    }
}
