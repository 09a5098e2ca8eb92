using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>A certificate that is wanted.</summary>
public sealed class LeafRequest(string commonName)
{
    private readonly SubjectAlternativeNameBuilder names = new();
    private readonly List<X509Extension> extensions = [];
    private bool isNamed;
    private int rsaBits;
    private ECCurve curve = ECCurve.NamedCurves.nistP256;
    private string purpose = "1.3.6.1.5.5.7.3.1";

    public DateTimeOffset Begin { get; private set; } = Pki.ValidFrom;
    public DateTimeOffset End { get; private set; } = Pki.ValidTo;

    public LeafRequest Name(string name) => Named(() => names.AddDnsName(name));

    public LeafRequest Address(string address) => Named(() => names.AddIpAddress(IPAddress.Parse(address)));

    public LeafRequest Rsa(int bits) => With(() => rsaBits = bits);

    public LeafRequest Curve(ECCurve named) => With(() => curve = named);

    public LeafRequest From(DateTimeOffset date) => With(() => (Begin, End) = (date, date.AddDays(60)));

    public LeafRequest To(DateTimeOffset date) => With(() => (Begin, End) = (date.AddDays(-60), date));

    public LeafRequest ForClients() => With(() => purpose = "1.3.6.1.5.5.7.3.2");

    /// <summary>Says where to ask whether it is revoked, by list and by OCSP.</summary>
    public LeafRequest Revocation(string url) => With(() =>
    {
        extensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([url + "list.crl"]));
        extensions.Add(new X509AuthorityInformationAccessExtension([url + "ocsp"], null));
    });

    /// <summary>A fresh key and the request for it.</summary>
    public (CertificateRequest Request, AsymmetricAlgorithm Key) Build()
    {
        var name = new X500DistinguishedName("CN=" + commonName);
        AsymmetricAlgorithm key = rsaBits > 0 ? RSA.Create(rsaBits) : ECDsa.Create(curve);
        var request = key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        if (isNamed) request.CertificateExtensions.Add(names.Build());
        foreach (var extension in extensions) request.CertificateExtensions.Add(extension);
        return (request, key);
    }

    private LeafRequest Named(Action add) => With(() =>
    {
        add();
        isNamed = true;
    });

    private LeafRequest With(Action change)
    {
        change();
        return this;
    }
}
