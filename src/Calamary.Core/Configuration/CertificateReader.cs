using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>Reads the PEM files that keys of a section name, once: nothing is read again while the configuration is in force.</summary>
internal static class CertificateReader
{
    private const int MaxMegabytes = 1;

    private const string MakeOne = "make one with 'calamary ca init --dir DIR'";

    /// <summary>CA certificates that peers are verified by; null for none, and after an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">Names the file.</param>
    /// <param name="need">How much depends on it.</param>
    public static X509Certificate2Collection? Authorities(this Section section, string key, Need need = Need.Required)
    {
        if (section.File(key) is not { } path || Load(section, key, path, need) is not { } pem) return null;
        var (certificates, error) = CertificateFiles.ReadCertificates(pem);
        if (certificates?.FirstOrDefault(c => !CertificateFiles.IsAuthority(c)) is { } other)
            error = $"the certificate of '{other.Subject}' is not that of a CA (basicConstraints CA:TRUE, and keyUsage keyCertSign if any)";
        error ??= certificates!.Select(CertificateFiles.KeyFault).FirstOrDefault(fault => fault is not null);
        if (error is not null) section.Report(key, $"the file '{path}': {error}", need);
        else WarnOfDates(section, key, certificates!);
        return error is null ? certificates : null;
    }

    /// <summary>A certificate, its intermediates and its key; null for none, and after an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="publicKey">Names the file of the certificates.</param>
    /// <param name="privateKey">Names the file of the key.</param>
    /// <param name="purpose">What it is for: one of <see cref="ChainPolicies"/>.</param>
    /// <param name="need">How much depends on it.</param>
    public static ServerCertificate? KeyPair(this Section section, string publicKey, string privateKey, string purpose, Need need) =>
        section.KeyPair(publicKey, privateKey, purpose, need, static pair => TrialHandshake.Refusal(pair) is { } reason ? $"OpenSSL refuses the certificate at handshakes: {reason}" : null);

    /// <summary>A CA's certificate and its key, for signing those of servers; null for none, and after an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="publicKey">Names the file of the certificate.</param>
    /// <param name="privateKey">Names the file of the key.</param>
    /// <param name="need">How much depends on it.</param>
    public static ServerCertificate? AuthorityPair(this Section section, string publicKey, string privateKey, Need need) =>
        section.KeyPair(publicKey, privateKey, ChainPolicies.ServerAuthentication, need, static pair => CertificateFiles.IsAuthority(pair.Certificate)
            ? null : $"the certificate of '{pair.Certificate.Subject}' is not that of a CA (basicConstraints CA:TRUE, and keyUsage keyCertSign if any); {MakeOne}");

    /// <summary>What to say where an interception CA is needed and none is named.</summary>
    public static string NoInterceptionAuthority =>
        $"'intercept' needs a CA of its own: set 'certs.interceptPublic' and 'certs.interceptPrivate'; {MakeOne}";

    private static ServerCertificate? KeyPair(
        this Section section, string publicKey, string privateKey, string purpose, Need need, Func<ServerCertificate, string?> faultOf)
    {
        var (publicFile, privateFile) = (section.File(publicKey), section.File(privateKey));
        if (publicFile is null || privateFile is null)
        {
            if (publicFile is not null) Report(publicKey, $"'{privateKey}', the file with its key, is missing");
            if (privateFile is not null) Report(privateKey, $"'{publicKey}', the file with its certificate, is missing");
            return null;
        }
        var (publicPem, privatePem) = (Load(section, publicKey, publicFile, need), Load(section, privateKey, privateFile, need));
        var (certificates, error) = publicPem is null ? default : CertificateFiles.ReadCertificates(publicPem);
        if (error is not null) Report(publicKey, $"the file '{publicFile}': {error}");
        var (key, keyError) = privatePem is null ? default : CertificateFiles.ReadKey(privatePem);
        if (keyError is not null) Report(privateKey, $"the file '{privateFile}': {keyError}");
        if (certificates is null || key is null) return null;
        var (pair, pairError) = CertificateFiles.Combine(certificates, key);
        if (pairError is not null) Report(privateKey, $"the file '{privateFile}': {pairError}");
        else if ((WeaknessOf(pair!) ?? faultOf(pair!)) is { } fault) Report(publicKey, $"the file '{publicFile}': {fault}");
        else WarnOfDates(section, publicKey, certificates);
        if (!CertificateFiles.IsFor(certificates[0], purpose))
            section.Warn(publicKey, $"the certificate of '{certificates[0].Subject}' is not for this use, peers will refuse it (extendedKeyUsage needs {NameOf(purpose)})");
        return pair;

        static string NameOf(string purpose) => purpose == ChainPolicies.ServerAuthentication ? "serverAuth" : "clientAuth";

        void Report(string at, string message) => section.Report(at, message, need);
    }

    private static string? WeaknessOf(ServerCertificate pair) =>
        pair.Intermediates.Prepend(pair.Certificate).Select(CertificateFiles.KeyFault).FirstOrDefault(fault => fault is not null);

    private static string? Load(Section section, string key, string path, Need need)
    {
        try
        {
            using var reader = BoundedFile.OpenRegular(path, MaxMegabytes);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            section.Report(key, BoundedFile.Explain(path, e), need);
            return null;
        }
    }

    private static void Report(this Section section, string key, string message, Need need)
    {
        if (need == Need.Required) section.Error(key, message);
        else section.Warn(key, $"{message} (no {(need == Need.NoListener ? "listener" : "rule")} needs it)");
    }

    private static void WarnOfDates(Section section, string key, X509Certificate2Collection certificates)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var fault in certificates.Select(c => CertificateFiles.DateFault(c, now)).OfType<string>()) section.Warn(key, fault);
    }
}
