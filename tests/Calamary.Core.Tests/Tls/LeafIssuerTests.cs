using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tests.Forwarding.Intercepting;
using Calamary.Core.Tls;

namespace Calamary.Core.Tests.Tls;

public class LeafIssuerTests
{
    private static readonly X509Certificate2 Root = InterceptionRig.Authority("CN=Root");
    private static readonly X509Certificate2 Server = InterceptionRig.Issue(Root);

    [Fact]
    public void One_certificate_is_made_once_and_verifies()
    {
        var issuer = new LeafIssuer(new ServerCertificate(Root, []));
        var leaf = issuer.For(Server, isValid: true);
        Assert.Same(leaf, issuer.For(X509CertificateLoader.LoadCertificate(Server.RawData), isValid: true));
        Assert.Empty(leaf.IntermediateCertificates);
        Assert.True(Verifies(leaf.TargetCertificate, [Root]));
        Assert.Equal(Server.SubjectName.RawData, leaf.TargetCertificate.SubjectName.RawData);
        Assert.NotEqual(Server.GetPublicKeyString(), leaf.TargetCertificate.GetPublicKeyString());
    }

    [Fact]
    public void What_is_not_valid_gets_another_that_verifies_by_nobody()
    {
        var issuer = new LeafIssuer(new ServerCertificate(Root, []));
        var leaf = issuer.For(Server, isValid: false);
        Assert.NotSame(leaf, issuer.For(Server, isValid: true));
        Assert.False(Verifies(leaf.TargetCertificate, [Root]));
        Assert.Contains(LeafIssuer.UntrustedName, leaf.TargetCertificate.Issuer, StringComparison.Ordinal);
    }

    [Fact]
    public void Authority_below_a_root_is_sent_along()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Below", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        using var issued = request.Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(Root.GetECDsaPrivateKey()!), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), [7]);
        var below = issued.CopyWithPrivateKey(key);
        var leaf = new LeafIssuer(new ServerCertificate(below, [])).For(Server, isValid: true);
        Assert.Equal(["CN=Below"], leaf.IntermediateCertificates.Select(static c => c.Subject));
        Assert.True(leaf.TargetCertificate.NotAfter <= below.NotAfter);
    }

    [Fact]
    public void A_year_is_the_longest()
    {
        using var old = InterceptionRig.Issue(Root, fromDays: -4000, toDays: 4000);
        var leaf = new LeafIssuer(new ServerCertificate(Root, [])).For(old, isValid: true).TargetCertificate;
        Assert.InRange(leaf.NotAfter - leaf.NotBefore, TimeSpan.FromDays(30), TimeSpan.FromDays(366));
    }

    private static bool Verifies(X509Certificate2 certificate, X509Certificate2Collection roots)
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicies.TrustOnly(roots, ChainPolicies.ServerAuthentication) };
        return chain.Build(certificate);
    }
}
