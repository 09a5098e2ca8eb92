using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tests.Configuration;

/// <summary>Certificates and keys made for a test, in a directory of its own.</summary>
internal sealed class Pem : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public Pem()
    {
        Authority = Create("CN=Test CA", null, isAuthority: true, Now.AddDays(-1), Now.AddDays(2));
        Intermediate = Create("CN=Test Sub CA", Authority, isAuthority: true, Now.AddDays(-1), Now.AddDays(2));
        Leaf = Create("CN=proxy.example", Intermediate, isAuthority: false, Now.AddDays(-1), Now.AddDays(1));
        Expired = Create("CN=old.example", Intermediate, isAuthority: false, Now.AddDays(-1), Now.AddHours(-1));
        Future = Create("CN=new.example", Intermediate, isAuthority: false, Now.AddHours(1), Now.AddDays(1));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("calamary-").FullName;

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Intermediate { get; }

    public X509Certificate2 Leaf { get; }

    public X509Certificate2 Expired { get; }

    public X509Certificate2 Future { get; }

    public static string KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n";

    public static string Chain(params X509Certificate2[] certificates) => string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n"));

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static X509Certificate2 Create(string subject, X509Certificate2? issuer, bool isAuthority, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (issuer is null) return request.CreateSelfSigned(from, to);
        using var issued = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), from, to, [1, (byte)subject.Length]);
        return issued.CopyWithPrivateKey(key);
    }
}
