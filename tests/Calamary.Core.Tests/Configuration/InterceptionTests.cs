using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Configuration;

namespace Calamary.Core.Tests.Configuration;

/// <summary>The CA that intercepting certificates are signed by, and those that servers' are verified by.</summary>
public sealed class InterceptionTests : ConfigTests, IDisposable
{
    private const string Certs = "certs: {interceptPublic: ca.crt, interceptPrivate: ca.key}\nlisten: {mode: http}\n";
    private const string Text = Certs + "rules: [{match: {}, action: intercept}]\n";

    private readonly Pem _pem = new();

    public void Dispose() => _pem.Dispose();

    [Theory]
    [InlineData("{match: {}, action: intercept}")]
    [InlineData("{match: {action: intercept}}")]
    public void A_rule_that_intercepts_has_its_authority(string rule)
    {
        Write(Pem.Chain(_pem.Authority), Pem.KeyOf(_pem.Authority));
        Assert.Empty(ProblemsOf(Certs + $"rules: [{rule}]"));
        var config = ReadResult(Certs + $"rules: [{rule}]").Config!;
        Assert.Equal(_pem.Authority.Thumbprint, config.Certs.Intercept!.Certificate.Thumbprint);
        Assert.True(config.Certs.Intercept.Certificate.HasPrivateKey);
        Assert.Empty(config.Certs.Intercept.Intermediates);
        Assert.Equal(RuleAction.Intercept, Assert.Single(config.Rules).Action);
    }

    [Fact]
    public void A_subordinate_authority_brings_those_above_it()
    {
        Write(Pem.Chain(_pem.Intermediate, _pem.Authority), Pem.KeyOf(_pem.Intermediate));
        Assert.Empty(ProblemsOf(Text));
        Assert.Equal(_pem.Authority.Thumbprint, Assert.Single(ReadResult(Text).Config!.Certs.Intercept!.Intermediates).Thumbprint);
    }

    [Fact]
    public void Files_that_are_not_there_are_errors_where_a_rule_intercepts()
    {
        Assert.Equal(
            [Public($"the file '{_pem.Folder}/ca.crt' does not exist"), Private($"the file '{_pem.Folder}/ca.key' does not exist")], ProblemsOf(Text));
        var unused = Certs + "rules: [{match: {}, action: accept}]";
        Assert.Equal(
            [
                Public($"the file '{_pem.Folder}/ca.crt' does not exist (no rule needs it)").Replace("error", "warning", StringComparison.Ordinal),
                Private($"the file '{_pem.Folder}/ca.key' does not exist (no rule needs it)").Replace("error", "warning", StringComparison.Ordinal),
            ], ProblemsOf(unused));
        Assert.Null(ReadResult(unused).Config!.Certs.Intercept);
    }

    [Fact]
    public void One_without_the_other_is_told_at_the_rule_as_well()
    {
        Write(Pem.Chain(_pem.Authority), Pem.KeyOf(_pem.Authority));
        var problems = ProblemsOf(Text.Replace(", interceptPrivate: ca.key", "", StringComparison.Ordinal));
        Assert.Equal(2, problems.Count);
        Assert.Equal("c.yml:1:26: error: certs.interceptPublic: 'interceptPrivate', the file with its key, is missing", problems[0]);
        Assert.StartsWith("c.yml:3:29: error: rules[0].action: 'intercept' needs a CA of its own: ", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void It_must_be_an_authority_with_its_key()
    {
        Write(Pem.Chain(_pem.Leaf), Pem.KeyOf(_pem.Leaf));
        Assert.Equal([Public($"the file '{_pem.Folder}/ca.crt': the certificate of 'CN=proxy.example' is not that of a CA "
            + "(basicConstraints CA:TRUE, and keyUsage keyCertSign if any); make one with 'calamary ca init --dir DIR'")], ProblemsOf(Text));
        Write(Pem.Chain(_pem.Authority), Pem.KeyOf(_pem.Leaf));
        Assert.Equal([Private($"the file '{_pem.Folder}/ca.key': the key does not belong to the certificate")], ProblemsOf(Text));
    }

    [Fact]
    public void A_weak_key_is_an_error()
    {
        using var rsa = RSA.Create(1024);
        var request = new CertificateRequest("CN=weak.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var weak = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Write(Pem.Chain(weak), rsa.ExportPkcs8PrivateKeyPem());
        Assert.Equal([Public($"the file '{_pem.Folder}/ca.crt': the RSA key of 'CN=weak.example' has 1024 bits; less than 2048 are refused at handshakes")], ProblemsOf(Text));
    }

    [Fact]
    public void Dates_are_warnings()
    {
        using var old = Pem.Create("CN=Old CA", null, isAuthority: true, DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        Write(Pem.Chain(old), Pem.KeyOf(old));
        Assert.StartsWith("c.yml:1:26: warning: certs.interceptPublic: the certificate of 'CN=Old CA' has expired on 2", Assert.Single(ProblemsOf(Text)), StringComparison.Ordinal);
    }

    [Fact]
    public void Further_authorities_are_read()
    {
        const string WithCa = "certs: {caPublic: roots.crt}\nlisten: {mode: http}\nrules: [{match: {cert: valid}, action: accept}]\n";
        _pem.Write("roots.crt", Pem.Chain(_pem.Authority, _pem.Intermediate));
        Assert.Empty(ProblemsOf(WithCa));
        Assert.Equal(2, ReadResult(WithCa).Config!.Certs.Authorities!.Count);
        Assert.Null(ReadResult("listen: {mode: http}").Config!.Certs.Authorities);

        _pem.Write("roots.crt", Pem.Chain(_pem.Authority, _pem.Leaf));
        Assert.Equal([$"c.yml:1:19: error: certs.caPublic: the file '{_pem.Folder}/roots.crt': the certificate of 'CN=proxy.example' is not that of a CA "
            + "(basicConstraints CA:TRUE, and keyUsage keyCertSign if any)"], ProblemsOf(WithCa));
    }

    [Theory]
    [InlineData("{mode: transparent, interceptFallback: passthrough}", true)]
    [InlineData("{mode: proxyproto, trusted: 10.0.0.1, interceptFallback: PassThrough}", true)]
    [InlineData("{mode: http, interceptFallback: passthrough}", true)]
    [InlineData("{mode: socks5, interceptFallback: deny}", false)]
    [InlineData("{mode: socks5}", false)]
    public void Pinned_clients_pass_where_a_listener_says_so(string listener, bool passes)
    {
        var text = $"listen: {listener}\nrules: [{{match: {{}}, action: accept}}]";
        Assert.Empty(ProblemsOf(text));
        Assert.Equal(passes, ReadResult(text).Config!.Listeners[0].PassesPinned);
    }

    private static string Public(string message) => $"c.yml:1:26: error: certs.interceptPublic: {message}";

    private static string Private(string message) => $"c.yml:1:52: error: certs.interceptPrivate: {message}";

    private void Write(string certificate, string key)
    {
        _pem.Write("ca.crt", certificate);
        _pem.Write("ca.key", key);
    }

    private IReadOnlyList<string> ProblemsOf(string text) =>
        [.. ReadResult(text).Problems.Select(p => p.ToString().Replace(_pem.Folder + "/c.yml:", "c.yml:", StringComparison.Ordinal))];

    private ConfigResult ReadResult(string text)
    {
        _pem.Write("c.yml", text);
        return ConfigReader.Read(new ConfigSource(Path.Combine(_pem.Folder, "c.yml")), Protocols);
    }
}
