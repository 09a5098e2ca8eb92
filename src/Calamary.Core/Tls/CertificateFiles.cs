using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>Certificates and keys as PEM text (RFC 7468). What is wrong with them is told in words, for who wrote the file.</summary>
internal static class CertificateFiles
{
    private const string Certificate = "CERTIFICATE";
    private const int MinRsaBits = 2048;
    private const string Encrypted = "the key is encrypted; take one without a passphrase, and protect the file instead";

    /// <summary>All certificates of a text, in its order: at least one, or an error.</summary>
    public static (X509Certificate2Collection? Certificates, string? Error) ReadCertificates(string pem)
    {
        var certificates = new X509Certificate2Collection();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            if (rest[block.Label].SequenceEqual(Certificate))
            {
                try
                {
                    certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[block.Base64Data].ToString())));
                }
                catch (CryptographicException)
                {
                    return (null, $"certificate {certificates.Count + 1} is damaged");
                }
            }
            rest = rest[block.Location.End..];
        }
        // A block that is no PEM at all is passed over by the search; a chain with a hole would fail much later.
        if (pem.AsSpan().Count("-----BEGIN CERTIFICATE-----") > certificates.Count) return (null, $"certificate {certificates.Count + 1} is damaged");
        return certificates.Count > 0 ? (certificates, null) : (null, "there is no certificate in it (PEM: -----BEGIN CERTIFICATE-----)");
    }

    /// <summary>The one private key of a text: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC).</summary>
    public static (AsymmetricAlgorithm? Key, string? Error) ReadKey(string pem)
    {
        // The old way to encrypt is a header inside an ordinary label (RFC 1421 §4.6.1.1).
        if (pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)) return (null, Encrypted);
        AsymmetricAlgorithm? key = null;
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            var label = rest[block.Label].ToString();
            if (label == "ENCRYPTED PRIVATE KEY") return (null, Encrypted);
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                if (key is not null) return (null, "there are several keys in it");
                key = Import(label, Convert.FromBase64String(rest[block.Base64Data].ToString()));
                if (key is null) return (null, "the key is damaged, or is neither RSA nor ECDSA");
            }
            rest = rest[block.Location.End..];
        }
        return key is null ? (null, "there is no private key in it (PEM: -----BEGIN PRIVATE KEY-----)") : (key, null);
    }

    /// <summary>Puts a certificate and its key together; the first certificate is the one that the key belongs to.</summary>
    public static (ServerCertificate? Certificate, string? Error) Combine(X509Certificate2Collection certificates, AsymmetricAlgorithm key)
    {
        if (WithKey(certificates[0], key) is { } own) return (new ServerCertificate(own, [.. certificates.Skip(1)]), null);
        return (null, certificates.Skip(1).Any(c => WithKey(c, key) is not null)
            ? "the key belongs to another certificate of the file; put that one first, then its intermediates"
            : "the key does not belong to the certificate");
    }

    /// <summary>What of a certificate's dates makes peers refuse it now; null for nothing.</summary>
    public static string? DateFault(X509Certificate2 certificate, DateTimeOffset now) =>
        now > certificate.NotAfter ? $"the certificate of '{certificate.Subject}' has expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"
        : now < certificate.NotBefore ? $"the certificate of '{certificate.Subject}' is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"
        : null;

    /// <summary>Why a certificate's key is too weak for anybody; null when it is not.</summary>
    public static string? KeyFault(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPublicKey();
        return key?.KeySize < MinRsaBits
            ? $"the RSA key of '{certificate.Subject}' has {key.KeySize} bits; less than {MinRsaBits} are refused at handshakes" : null;
    }

    /// <summary>Whether other certificates can be verified by this one (RFC 5280 §4.2.1.9, §4.2.1.3).</summary>
    public static bool IsAuthority(X509Certificate2 certificate)
    {
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        return certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static e => e.CertificateAuthority)
            && usage?.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign) != false;
    }

    /// <summary>Whether peers take the certificate for a purpose (RFC 5280 §4.2.1.12): one that names none is for all.</summary>
    public static bool IsFor(X509Certificate2 certificate, string purpose)
    {
        const string Any = "2.5.29.37.0";
        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(static e => e.EnhancedKeyUsages.Cast<Oid>()).ToList();
        return usages.Count == 0 || usages.Any(usage => usage.Value is Any || usage.Value == purpose);
    }

    private static AsymmetricAlgorithm? Import(string label, byte[] der) => label switch
    {
        "RSA PRIVATE KEY" => Import(RSA.Create(), key => key.ImportRSAPrivateKey(der, out _)),
        "EC PRIVATE KEY" => Import(ECDsa.Create(), key => key.ImportECPrivateKey(der, out _)),
        "PRIVATE KEY" => Import(RSA.Create(), key => key.ImportPkcs8PrivateKey(der, out _))
            ?? Import(ECDsa.Create(), key => key.ImportPkcs8PrivateKey(der, out _)),
        _ => null,
    };

    private static AsymmetricAlgorithm? Import<T>(T key, Action<T> import) where T : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }

    private static X509Certificate2? WithKey(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        try
        {
            return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }
    }
}
