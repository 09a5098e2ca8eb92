using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Load.Tls;

/// <summary>A certificate for each name, all with one P-256 key, made when the server starts.</summary>
internal sealed class ServerCertificates
{
    /// <summary>The name whose certificate is of an authority that nobody trusts.</summary>
    public const string Untrusted = "untrusted.example.test";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Authority trusted = new("CN=Bench server CA");
    private readonly byte[] serial = new byte[8];

    public ServerCertificates(int names)
    {
        Default = Make(Name(0), trusted);
        for (var i = 0; i < names; i++)
            ByName[Name(i)] = LibSsl.Certificate(Make(Name(i), trusted));
        ByName[Untrusted] = LibSsl.Certificate(Make(Untrusted, new Authority("CN=Nobody trusts this")));
    }

    /// <summary>OpenSSL's objects by name.</summary>
    public Dictionary<string, nint> ByName { get; } = [];

    public byte[] Default { get; }

    public byte[] Key => key.ExportECPrivateKey();

    public string AuthorityPem => trusted.Pem;

    public static string Name(long number) => $"n{number}.example.test";

    private byte[] Make(string name, Authority authority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)(serial[0] & 0x7f | 1);
        return authority.Sign(request, serial);
    }

    private sealed class Authority
    {
        private readonly DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        private readonly X500DistinguishedName name;
        private readonly X509SignatureGenerator generator;

        public Authority(string subject)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            generator = X509SignatureGenerator.CreateForECDsa(key);
            var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            using var certificate = request.CreateSelfSigned(from, from.AddDays(30));
            (name, Pem) = (certificate.SubjectName, certificate.ExportCertificatePem());
        }

        public string Pem { get; }

        public byte[] Sign(CertificateRequest request, byte[] serial)
        {
            using var certificate = request.Create(name, generator, from, from.AddDays(29), serial);
            return certificate.RawData;
        }
    }
}
