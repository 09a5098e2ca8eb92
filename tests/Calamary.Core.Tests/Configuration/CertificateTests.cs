using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

public sealed class CertificateTests : ConfigTests, IDisposable
{
    private const string Https = "certs: {serverPublic: s.crt, serverPrivate: s.key}\nlisten: {mode: https}\nrules: [{match: {}, action: accept}]\n";

    private readonly Pem _pem = new();

    public void Dispose() => _pem.Dispose();

    [Fact]
    public void A_listener_with_tls_gets_the_certificate_with_its_key_and_its_intermediates()
    {
        var config = Valid(Https, Pem.Chain(_pem.Leaf, _pem.Intermediate), Pem.KeyOf(_pem.Leaf));

        var server = config.Certs.Server!;
        Assert.Equal(_pem.Leaf.Thumbprint, server.Certificate.Thumbprint);
        Assert.True(server.Certificate.HasPrivateKey);
        Assert.Equal(_pem.Intermediate.Thumbprint, Assert.Single(server.Intermediates).Thumbprint);
        Assert.True(config.Listeners[0].Tls);
        Assert.Null(config.Listeners[0].ClientCa);
    }

    [Theory]
    [InlineData("{mode: http}", false)]
    [InlineData("{mode: socks5}", false)]
    [InlineData("{mode: socks5, tls: true}", true)]
    [InlineData("{mode: https, tls: true}", true)]
    [InlineData("{mode: https, clientCa: ca.crt}", true)]
    [InlineData("{mode: proxyproto, trusted: 10.0.0.1}", false)]
    [InlineData("{mode: proxyproto, trusted: 10.0.0.1, tls: yes}", true)]
    [InlineData("{mode: proxyproto, trusted: 10.0.0.1, clientCa: ca.crt}", true)]
    public void Tls_is_on_where_it_is_asked_for(string listener, bool tls)
    {
        _pem.Write("ca.crt", Pem.Chain(_pem.Authority, _pem.Intermediate));
        var config = Valid(Https.Replace("{mode: https}", listener, StringComparison.Ordinal), Pem.Chain(_pem.Leaf), Pem.KeyOf(_pem.Leaf));

        Assert.Equal(tls, config.Listeners[0].Tls);
        if (listener.Contains("clientCa", StringComparison.Ordinal)) Assert.Equal(2, config.Listeners[0].ClientCa!.Count);
        else Assert.Null(config.Listeners[0].ClientCa);
    }

    [Fact]
    public void Keys_in_the_shapes_of_pkcs8_sec1_and_pkcs1_are_read()
    {
        using var ec = _pem.Leaf.GetECDsaPrivateKey()!;
        Valid(Https, Pem.Chain(_pem.Leaf), ec.ExportECPrivateKeyPem());
        // As `openssl ecparam -genkey` writes it, with the curve in front.
        Valid(Https, Pem.Chain(_pem.Leaf), "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem());

        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=rsa.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Valid(Https, certificate.ExportCertificatePem(), rsa.ExportRSAPrivateKeyPem());
        Valid(Https, certificate.ExportCertificatePem(), rsa.ExportPkcs8PrivateKeyPem());
        // Both in one file, named twice.
        Valid(Https, certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem(), certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public void Trusted_takes_networks_ranges_and_variables()
    {
        var config = Valid("vars: [{name: a, value: [10.0.0.0/8, '2001:db8::/32']}]\nlisten: {mode: proxyproto, trusted: [$a, 192.0.2.1-192.0.2.9]}\nrules: [{match: {}, action: accept}]", null, null);

        Assert.Equal(3, config.Listeners[0].Trusted.Count);
    }

    [Fact]
    public void Udp_is_for_socks5() => Assert.True(Valid("listen: {mode: socks5, udp: true}\nrules: [{match: {}, action: accept}]", null, null).Listeners[0].Udp);

    [Fact]
    public void A_file_that_is_not_there_is_an_error_at_its_key() =>
        Assert.Equal(
        [
            $"c.yml:1:23: error: certs.serverPublic: the file '{_pem.Folder}/s.crt' does not exist",
            $"c.yml:1:45: error: certs.serverPrivate: the file '{_pem.Folder}/s.key' does not exist",
        ], Read(Https, null, null));

    [Fact]
    public void One_without_the_other_is_an_error() =>
        Assert.Equal(
        [
            "c.yml:1:23: error: certs.serverPublic: 'serverPrivate', the file with its key, is missing",
            "c.yml:2:9: error: listen: TLS needs a certificate and its key: set 'certs.serverPublic' and 'certs.serverPrivate'",
        ], Read(Https.Replace(", serverPrivate: s.key", "", StringComparison.Ordinal), Pem.Chain(_pem.Leaf), null));

    [Fact]
    public void What_no_listener_needs_is_a_warning() =>
        Assert.Equal(
            [$"c.yml:1:45: warning: certs.serverPrivate: the file '{_pem.Folder}/s.key' does not exist (no listener needs it)"],
            Read(Https.Replace("https", "http", StringComparison.Ordinal), Pem.Chain(_pem.Leaf), null));

    [Fact]
    public void Wrong_certificates_are_errors_of_serverPublic()
    {
        var damaged = Pem.Chain(_pem.Leaf) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        Assert.Equal([Public("there is no certificate in it (PEM: -----BEGIN CERTIFICATE-----)")], Read(Https, "nothing", Pem.KeyOf(_pem.Leaf)));
        Assert.Equal([Public("certificate 2 is damaged")], Read(Https, damaged, Pem.KeyOf(_pem.Leaf)));
        Assert.Equal([Public("certificate 2 is damaged")], Read(Https, damaged.Replace("AAAA", "A*A", StringComparison.Ordinal), Pem.KeyOf(_pem.Leaf)));

        _pem.Write("s.crt", new string('x', 2 << 20));
        Assert.Equal([$"c.yml:1:23: error: certs.serverPublic: the file '{_pem.Folder}/s.crt' cannot be read: it is larger than 1 MB"], Read(Https, null, Pem.KeyOf(_pem.Leaf)));
    }

    [Fact]
    public void A_device_is_no_certificate()
    {
        File.CreateSymbolicLink(Path.Combine(_pem.Folder, "s.crt"), "/dev/zero");
        Assert.Equal([$"c.yml:1:23: error: certs.serverPublic: the file '{_pem.Folder}/s.crt' cannot be read: it is not a regular file, but a pipe, a device or a socket"],
            Read(Https, null, Pem.KeyOf(_pem.Leaf)));
    }

    [Fact]
    public void Wrong_keys_are_errors_of_serverPrivate()
    {
        var chain = Pem.Chain(_pem.Leaf, _pem.Intermediate);
        using var ec = _pem.Leaf.GetECDsaPrivateKey()!;
        using var rsa = RSA.Create(2048);
        var encrypted = ec.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1));
        const string Old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        const string IsEncrypted = "the key is encrypted; take one without a passphrase, and protect the file instead";

        Assert.Equal([Private(IsEncrypted)], Read(Https, chain, encrypted));
        Assert.Equal([Private(IsEncrypted)], Read(Https, chain, Old));
        Assert.Equal([Private("there is no private key in it (PEM: -----BEGIN PRIVATE KEY-----)")], Read(Https, chain, chain));
        Assert.Equal([Private("there are several keys in it")], Read(Https, chain, Pem.KeyOf(_pem.Leaf) + Pem.KeyOf(_pem.Leaf)));
        Assert.Equal([Private("the key is damaged, or is neither RSA nor ECDSA")], Read(Https, chain, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
        Assert.Equal([Private("the key does not belong to the certificate")], Read(Https, chain, Pem.KeyOf(_pem.Expired)));
        Assert.Equal([Private("the key does not belong to the certificate")], Read(Https, chain, rsa.ExportPkcs8PrivateKeyPem()));
        Assert.Equal([Private("the key belongs to another certificate of the file; put that one first, then its intermediates")],
            Read(Https, Pem.Chain(_pem.Intermediate, _pem.Leaf), Pem.KeyOf(_pem.Leaf)));
    }

    [Fact]
    public void Dates_are_warnings()
    {
        var expired = Assert.Single(Read(Https, Pem.Chain(_pem.Expired), Pem.KeyOf(_pem.Expired)));
        Assert.StartsWith("c.yml:1:23: warning: certs.serverPublic: the certificate of 'CN=old.example' has expired on 2", expired, StringComparison.Ordinal);
        var future = Assert.Single(Read(Https, Pem.Chain(_pem.Future), Pem.KeyOf(_pem.Future)));
        Assert.StartsWith("c.yml:1:23: warning: certs.serverPublic: the certificate of 'CN=new.example' is not valid before 2", future, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_for_another_use_is_a_warning()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(["c.yml:1:23: warning: certs.serverPublic: the certificate of 'CN=client.example' is not for this use, peers will refuse it (extendedKeyUsage needs serverAuth)"],
            Read(Https, Pem.Chain(certificate), Pem.KeyOf(certificate)));
    }

    [Fact]
    public void Weak_keys_are_errors()
    {
        using var rsa = RSA.Create(1024);
        var request = new CertificateRequest("CN=weak.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var weak = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        const string Fault = "the RSA key of 'CN=weak.example' has 1024 bits; less than 2048 are refused at handshakes";

        Assert.Equal([Public(Fault)], Read(Https, Pem.Chain(weak), rsa.ExportPkcs8PrivateKeyPem()));
        Assert.Equal([Public(Fault)], Read(Https, Pem.Chain(_pem.Leaf, weak), Pem.KeyOf(_pem.Leaf)));
        _pem.Write("ca.crt", Pem.Chain(_pem.Authority, weak));
        Assert.Equal([$"c.yml:2:33: error: listen.clientCa: the file '{_pem.Folder}/ca.crt': {Fault}"],
            Read(Https.Replace("{mode: https}", "{mode: https, clientCa: ca.crt}", StringComparison.Ordinal), Pem.Chain(_pem.Leaf), Pem.KeyOf(_pem.Leaf)));
    }

    [Fact]
    public void What_OpenSSL_refuses_is_an_error()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=sha1.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var ca = RSA.Create(2048);
        using var certificate = request.Create(new X500DistinguishedName("CN=Old CA"), new Sha1(ca), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1]);

        Assert.Equal(Public("OpenSSL refuses the certificate at handshakes: ca md too weak"), Assert.Single(Read(Https, Pem.Chain(certificate), rsa.ExportPkcs8PrivateKeyPem())));
    }

    [Fact]
    public void A_client_ca_must_be_one()
    {
        var text = Https.Replace("{mode: https}", "{mode: https, clientCa: ca.crt}", StringComparison.Ordinal);
        var (chain, key) = (Pem.Chain(_pem.Leaf), Pem.KeyOf(_pem.Leaf));
        var at = $"c.yml:2:33: error: listen.clientCa: the file '{_pem.Folder}/ca.crt'";

        Assert.Equal([$"{at} does not exist"], Read(text, chain, key));
        _pem.Write("ca.crt", Pem.KeyOf(_pem.Authority));
        Assert.Equal([$"{at}: there is no certificate in it (PEM: -----BEGIN CERTIFICATE-----)"], Read(text, chain, key));
        _pem.Write("ca.crt", Pem.Chain(_pem.Authority, _pem.Leaf));
        Assert.Equal([$"{at}: the certificate of 'CN=proxy.example' is not that of a CA (basicConstraints CA:TRUE, and keyUsage keyCertSign if any)"], Read(text, chain, key));
    }

    [Theory]
    [InlineData("{mode: https, tls: false}", "c.yml:2:28: error: listen.tls: 'https' is always inside TLS; for a listener without, take 'http'")]
    [InlineData("{mode: proxyproto, trusted: 10.0.0.1, tls: no, clientCa: ca.crt}",
        "c.yml:2:52: error: listen.tls: 'clientCa' asks for certificates, which only TLS has: leave 'tls' out")]
    public void Tls_cannot_be_off_where_it_must_be_on(string listener, string line)
    {
        _pem.Write("ca.crt", Pem.Chain(_pem.Authority));
        Assert.Contains(line, Read(Https.Replace("{mode: https}", listener, StringComparison.Ordinal), Pem.Chain(_pem.Leaf), Pem.KeyOf(_pem.Leaf)));
    }

    /// <summary>Signs with SHA-1, which the framework does not do any more.</summary>
    private sealed class Sha1(RSA key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => Convert.FromHexString("300D06092A864886F70D0101050500");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(key);
    }

    private string Public(string message) => $"c.yml:1:23: error: certs.serverPublic: the file '{_pem.Folder}/s.crt': {message}";

    private string Private(string message) => $"c.yml:1:45: error: certs.serverPrivate: the file '{_pem.Folder}/s.key': {message}";

    private CalamaryConfig Valid(string text, string? certificate, string? key)
    {
        Assert.Empty(Read(text, certificate, key));
        return ReadResult(text).Config!;
    }

    private IReadOnlyList<string> Read(string text, string? certificate, string? key)
    {
        if (certificate is not null) _pem.Write("s.crt", certificate);
        if (key is not null) _pem.Write("s.key", key);
        return [.. ReadResult(text).Problems.Select(p => p.ToString().Replace(_pem.Folder + "/c.yml:", "c.yml:", StringComparison.Ordinal))];
    }

    private ConfigResult ReadResult(string text)
    {
        _pem.Write("c.yml", text);
        return ConfigReader.Read(new ConfigSource(Path.Combine(_pem.Folder, "c.yml")), Protocols);
    }
}
