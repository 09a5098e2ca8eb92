using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>A certificate with its key, able to sign others (whether it may or not).</summary>
public sealed class Issuer
{
    private readonly AsymmetricAlgorithm key;

    private Issuer(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        Certificate = certificate;
        this.key = key;
    }

    public X509Certificate2 Certificate { get; }
    public string KeyPem => key.ExportPkcs8PrivateKeyPem() + "\n";

    public static Issuer Root(string name)
    {
        var (request, key) = AuthorityRequest(name, pathLength: 1);
        return new Issuer(request.CreateSelfSigned(Pki.ValidFrom, Pki.ValidTo), key);
    }

    public static Issuer SelfSigned(LeafRequest wanted)
    {
        var (request, key) = wanted.Build();
        return new Issuer(request.CreateSelfSigned(wanted.Begin, wanted.End), key);
    }

    public Issuer Authority(string name, DateTimeOffset begin, DateTimeOffset end)
    {
        var (request, made) = AuthorityRequest(name, pathLength: 0);
        return Sign(request, made, begin, end);
    }

    public Issuer Leaf(LeafRequest wanted)
    {
        var (request, made) = wanted.Build();
        return Sign(request, made, wanted.Begin, wanted.End);
    }

    private static (CertificateRequest Request, ECDsa Key) AuthorityRequest(string name, int pathLength)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=" + name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return (request, key);
    }

    private Issuer Sign(CertificateRequest request, AsymmetricAlgorithm made, DateTimeOffset begin, DateTimeOffset end)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: HasKeyIdentifier, includeIssuerAndSerial: !HasKeyIdentifier));
        var certificate = request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa((ECDsa)key), begin, end, RandomNumberGenerator.GetBytes(12));
        return new Issuer(certificate, made);
    }

    private bool HasKeyIdentifier => Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any();
}
