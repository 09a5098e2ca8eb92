using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>A root, an intermediate authority and server certificates of every kind; and the authority that the proxy intercepts with.</summary>
public sealed class Pki
{
    private static readonly Lazy<Pki> Made = new(() => new Pki());
    private readonly string directory = LabFiles.NewDirectory("pki");
    private readonly Issuer root;
    private readonly Issuer stranger;
    private readonly Issuer between;

    private Pki()
    {
        root = Issuer.Root("Lab-Root");
        stranger = Issuer.Root("Lab-Stranger");
        between = root.Authority("Lab-Between", ValidFrom, ValidTo);
        Write("root.crt", root.Certificate);
        File.WriteAllText(PathOf("trusted.crt"), root.Certificate.ExportCertificatePem() + "\n" + File.ReadAllText(Certificates.GetAsync().Result.Authority));
        WriteAuthority("intercept", Issuer.Root(InterceptionName));
        WriteAuthority("next-intercept", Issuer.Root("Lab-Next-Interception"));
        All = [.. MakeEach()];
    }

    public const string InterceptionName = "Lab-Interception";

    public static Pki Instance => Made.Value;

    public static DateTimeOffset ValidFrom { get; } = DateTimeOffset.UtcNow.Date.AddDays(-10);
    public static DateTimeOffset ValidTo { get; } = DateTimeOffset.UtcNow.Date.AddDays(60);
    public static DateTimeOffset Past { get; } = DateTimeOffset.UtcNow.Date.AddDays(-3);
    public static DateTimeOffset Future { get; } = DateTimeOffset.UtcNow.Date.AddDays(3);

    /// <summary>The root alone.</summary>
    public string Root => PathOf("root.crt");

    /// <summary>The root and the authority of the lab's other servers, for <c>caPublic</c> and for clients.</summary>
    public string Trusted => PathOf("trusted.crt");

    public string Intercept => PathOf("intercept.crt");
    public string InterceptKey => PathOf("intercept.key");
    public string NextIntercept => PathOf("next-intercept.crt");
    public string NextInterceptKey => PathOf("next-intercept.key");

    public IReadOnlyList<ServerCertificate> All { get; }

    public ServerCertificate this[string kind] => All.First(certificate => certificate.Kind == kind);

    public string PathOf(string file) => Path.Combine(directory, file);

    private IEnumerable<ServerCertificate> MakeEach()
    {
        // The first one is what a client without SNI gets.
        yield return Make("address", CertificateFlaw.None, between, leaf => leaf.Address(Addresses.Tls4).Address(Addresses.Tls6));
        yield return Make("valid", CertificateFlaw.None, between, leaf => leaf.Name("valid.tls.test").Name("also.tls.test").Name("git.tls.test"));
        yield return Make("wildcard", CertificateFlaw.None, between, leaf => leaf.Name("*.wildcard.tls.test"), host: "any.wildcard.tls.test");
        yield return Make("rsa2048", CertificateFlaw.None, between, leaf => leaf.Rsa(2048).Name("rsa2048.tls.test"));
        yield return Make("rsa4096", CertificateFlaw.None, between, leaf => leaf.Rsa(4096).Name("rsa4096.tls.test"));
        yield return Make("p384", CertificateFlaw.None, between, leaf => leaf.Curve(ECCurve.NamedCurves.nistP384).Name("p384.tls.test"));
        // Nobody answers at these addresses; that must neither make it invalid nor make anyone wait.
        yield return Make("revoked", CertificateFlaw.None, between, leaf => leaf.Name("revoked.tls.test").Revocation($"http://{Addresses.Silent4}/"));
        yield return Make("expired", CertificateFlaw.Expired, between, leaf => leaf.Name("expired.tls.test").To(Past));
        yield return Make("notyet", CertificateFlaw.Expired, between, leaf => leaf.Name("notyet.tls.test").From(Future));
        yield return Make("wrongname", CertificateFlaw.Mismatch, between, leaf => leaf.Name("another.tls.test"));
        yield return Make("deep", CertificateFlaw.Mismatch, between, leaf => leaf.Name("*.deep.tls.test"), host: "a.b.deep.tls.test");
        yield return Make("commonname", CertificateFlaw.Mismatch, between, leaf => leaf, host: "commonname.tls.test");
        yield return Make("selfsigned", CertificateFlaw.SelfSigned | CertificateFlaw.Untrusted, null, leaf => leaf.Name("selfsigned.tls.test"));
        yield return Make("unknown", CertificateFlaw.Untrusted, stranger, leaf => leaf.Name("unknown.tls.test"));
        yield return Make("unknownroot", CertificateFlaw.Untrusted, stranger, leaf => leaf.Name("unknownroot.tls.test"), more: [stranger]);
        yield return Make("nochain", CertificateFlaw.Untrusted, between, leaf => leaf.Name("nochain.tls.test"), more: []);
        yield return Make("oldbetween", CertificateFlaw.Expired, root.Authority("Lab-Old-Between", ValidFrom, Past), leaf => leaf.Name("oldbetween.tls.test"));
        yield return Make("purpose", CertificateFlaw.Untrusted, between, leaf => leaf.Name("purpose.tls.test").ForClients());
        var leafAsAuthority = between.Leaf(new LeafRequest("Lab-Not-An-Authority").Name("issuer.tls.test"));
        yield return Make("byleaf", CertificateFlaw.Untrusted, leafAsAuthority, leaf => leaf.Name("byleaf.tls.test"), more: [leafAsAuthority, between]);
        yield return Make("both", CertificateFlaw.Expired | CertificateFlaw.Mismatch, between, leaf => leaf.Name("another.tls.test").To(Past));
    }

    private ServerCertificate Make(
        string kind, CertificateFlaw flaw, Issuer? issuer, Func<LeafRequest, LeafRequest> shape, string? host = null, Issuer[]? more = null)
    {
        host ??= kind == "address" ? Addresses.Tls4 : kind + ".tls.test";
        var request = shape(new LeafRequest(host));
        var leaf = issuer is null ? Issuer.SelfSigned(request) : issuer.Leaf(request);
        more ??= issuer is null || issuer == root || issuer == stranger ? [] : [issuer];
        File.WriteAllText(PathOf(kind + ".crt"), string.Concat(
            more.Select(one => one.Certificate).Prepend(leaf.Certificate).Select(one => one.ExportCertificatePem() + "\n")));
        File.WriteAllText(PathOf(kind + ".key"), leaf.KeyPem);
        return new ServerCertificate(kind, host, flaw, PathOf(kind + ".crt"), PathOf(kind + ".key"), leaf.Certificate);
    }

    private void WriteAuthority(string file, Issuer issuer)
    {
        Write(file + ".crt", issuer.Certificate);
        File.WriteAllText(PathOf(file + ".key"), issuer.KeyPem);
    }

    private void Write(string file, X509Certificate2 certificate) => File.WriteAllText(PathOf(file), certificate.ExportCertificatePem() + "\n");
}
