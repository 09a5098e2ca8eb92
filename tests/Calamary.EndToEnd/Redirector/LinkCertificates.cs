using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.EndToEnd.Redirector;

/// <summary>A CA of the redirectors, and one of nobody, each with a certificate for a redirector.</summary>
internal sealed class LinkCertificates
{
    private readonly string folder = LabFiles.NewDirectory("link");

    public LinkCertificates()
    {
        Create("redirectors");
        Create("nobody");
    }

    public string AuthorityOf(string name) => Path.Combine(folder, name + "-ca.crt");

    public string CertificateOf(string name) => Path.Combine(folder, name + ".crt");

    public string KeyOf(string name) => Path.Combine(folder, name + ".key");

    private void Create(string name)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest($"CN={name} CA", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var issuer = authority.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(issuer, from, to, [7]);
        File.WriteAllText(AuthorityOf(name), issuer.ExportCertificatePem());
        File.WriteAllText(CertificateOf(name), certificate.ExportCertificatePem());
        File.WriteAllText(KeyOf(name), key.ExportPkcs8PrivateKeyPem());
    }
}
