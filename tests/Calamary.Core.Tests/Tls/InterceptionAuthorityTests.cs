using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;

namespace Calamary.Core.Tests.Tls;

public sealed class InterceptionAuthorityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("calamary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_an_authority_over_servers_and_nothing_else()
    {
        var before = DateTimeOffset.UtcNow;
        var made = InterceptionAuthority.Create(Path.Combine(_folder, "a", "b"));
        var (certificates, _) = CertificateFiles.ReadCertificates(File.ReadAllText(made.CertificateFile));
        var (key, _) = CertificateFiles.ReadKey(File.ReadAllText(made.KeyFile));
        var pair = CertificateFiles.Combine(certificates!, key!).Certificate!;
        var certificate = Assert.Single(certificates!);

        Assert.NotNull(pair);
        Assert.True(CertificateFiles.IsAuthority(certificate));
        Assert.True(CertificateFiles.IsFor(certificate, ChainPolicies.ServerAuthentication));
        Assert.False(CertificateFiles.IsFor(certificate, ChainPolicies.ClientAuthentication));
        var constraints = Assert.Single(certificate.Extensions.OfType<X509BasicConstraintsExtension>());
        Assert.True(constraints is { Critical: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 });
        Assert.True(Assert.Single(certificate.Extensions.OfType<X509KeyUsageExtension>()).Critical);
        Assert.Single(certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.Equal(16, certificate.SerialNumberBytes.Length);
        Assert.InRange(certificate.NotBefore.ToUniversalTime(), before.UtcDateTime.AddMinutes(-62), before.UtcDateTime.AddMinutes(-58));
        Assert.InRange(certificate.NotAfter.ToUniversalTime(), before.UtcDateTime.AddDays(3650), before.UtcDateTime.AddDays(3654));
        Assert.StartsWith("CN=Calamary interception CA ", certificate.Subject, StringComparison.Ordinal);
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256), made.Fingerprint.Replace(":", "", StringComparison.Ordinal));
        Assert.Equal(certificate.Subject, made.Subject);
    }

    [Fact]
    public void Two_of_them_differ()
    {
        var (one, other) = (InterceptionAuthority.Create(Path.Combine(_folder, "1")), InterceptionAuthority.Create(Path.Combine(_folder, "2")));
        Assert.NotEqual(one.Subject, other.Subject);
        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("ca.crt")]
    [InlineData("ca.key")]
    public void Nothing_is_overwritten(string file)
    {
        File.WriteAllText(Path.Combine(_folder, file), "mine");
        Assert.Throws<IOException>(() => InterceptionAuthority.Create(_folder));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder, file)));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_key_does_not_stay_without_its_certificate()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "ca.crt"));
        Assert.ThrowsAny<Exception>(() => InterceptionAuthority.Create(_folder));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Names_are_not_split() => Assert.Equal("CN=\"A, O=B\"", InterceptionAuthority.Create(_folder, "A, O=B").Subject);
}
