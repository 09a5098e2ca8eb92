using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tests.Tls;

/// <summary>A certificate with its key, and those that it signs.</summary>
internal sealed class TestIssuer
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static int serial;
    private readonly ECDsa _key;

    private TestIssuer(X509Certificate2 certificate, ECDsa key) => (Certificate, _key) = (certificate, key);

    public X509Certificate2 Certificate { get; }

    /// <summary>Without its key, as peers see it.</summary>
    public X509Certificate2 Public => X509CertificateLoader.LoadCertificate(Certificate.RawData);

    public static TestIssuer Root(string name = "Root", ECDsa? key = null) => Make(name, null, new Options { IsAuthority = true }, key);

    public static TestIssuer SelfSigned(string name, Options options) => Make(name, null, options, null);

    public TestIssuer Sub(string name, Options? options = null, ECDsa? key = null) =>
        Make(name, this, (options ?? new Options()) with { IsAuthority = true }, key);

    /// <summary>The same name and key, signed by another one.</summary>
    public TestIssuer CrossSign(TestIssuer other, Options? options = null) =>
        Make(other.Certificate.GetNameInfo(X509NameType.SimpleName, false), this, (options ?? new Options()) with { IsAuthority = true }, other._key);

    public TestIssuer Leaf(string name, Options? options = null) => Make(name, this, options ?? new Options { Names = [name] }, null);

    private static TestIssuer Make(string name, TestIssuer? issuer, Options options, ECDsa? key)
    {
        key ??= ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(options.IsAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (options.Usage is { } usage) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (options.PermittedName is { } permitted) request.CertificateExtensions.Add(NameConstraints(permitted));
        if (options.Names.Length + options.Addresses.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var n in options.Names) names.AddDnsName(n);
            foreach (var a in options.Addresses) names.AddIpAddress(IPAddress.Parse(a));
            request.CertificateExtensions.Add(names.Build());
        }
        var (from, to) = (options.From ?? Now.AddDays(-10), options.To ?? Now.AddDays(10));
        if (issuer is null) return new TestIssuer(request.CreateSelfSigned(from, to), key);
        byte[] number = [1, .. BitConverter.GetBytes(Interlocked.Increment(ref serial))];
        var generator = X509SignatureGenerator.CreateForECDsa(options.Forged ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : issuer._key);
        return new TestIssuer(request.Create(issuer.Certificate.SubjectName, generator, from, to, number).CopyWithPrivateKey(key), key);
    }

    /// <summary>permittedSubtrees of one dNSName (RFC 5280 §4.2.1.10).</summary>
    private static X509Extension NameConstraints(string name)
    {
        byte[] text = System.Text.Encoding.ASCII.GetBytes(name);
        byte[] general = [0x82, (byte)text.Length, .. text];
        byte[] subtree = [0x30, (byte)general.Length, .. general];
        byte[] permitted = [0xa0, (byte)subtree.Length, .. subtree];
        return new X509Extension("2.5.29.30", [0x30, (byte)permitted.Length, .. permitted], true);
    }

    internal sealed record Options
    {
        public bool IsAuthority { get; init; }

        public string[] Names { get; init; } = [];

        public string[] Addresses { get; init; } = [];

        public DateTimeOffset? From { get; init; }

        public DateTimeOffset? To { get; init; }

        public string? Usage { get; init; }

        public string? PermittedName { get; init; }

        /// <summary>Signed by another key than it says.</summary>
        public bool Forged { get; init; }
    }
}
