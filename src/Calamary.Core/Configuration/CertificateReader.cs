using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>Reads the PEM files that keys of a section name, once: nothing is read again while the configuration is in force.</summary>
internal static class CertificateReader
{
    private const int MaxMegabytes = 1;

    /// <summary>CA certificates that peers are verified by; null for none, and after an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">Names the file.</param>
    /// <param name="isNeeded">Whether problems are errors; else they are warnings.</param>
    public static X509Certificate2Collection? Authorities(this Section section, string key, bool isNeeded = true)
    {
        if (section.File(key) is not { } path || Load(section, key, path, isNeeded) is not { } pem) return null;
        var (certificates, error) = CertificateFiles.ReadCertificates(pem);
        if (certificates?.FirstOrDefault(c => !CertificateFiles.IsAuthority(c)) is { } other)
            error = $"the certificate of '{other.Subject}' is not that of a CA (basicConstraints CA:TRUE, and keyUsage keyCertSign if any)";
        error ??= certificates!.Select(CertificateFiles.KeyFault).FirstOrDefault(fault => fault is not null);
        if (error is not null) section.Report(key, $"the file '{path}': {error}", isNeeded);
        else WarnOfDates(section, key, certificates!);
        return error is null ? certificates : null;
    }

    /// <summary>A certificate, its intermediates and its key; null for none, and after an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="publicKey">Names the file of the certificates.</param>
    /// <param name="privateKey">Names the file of the key.</param>
    /// <param name="purpose">What it is for: one of <see cref="ChainPolicies"/>.</param>
    /// <param name="isNeeded">Whether problems are errors; else they are warnings.</param>
    public static ServerCertificate? KeyPair(this Section section, string publicKey, string privateKey, string purpose, bool isNeeded)
    {
        if (LoadPair(section, publicKey, privateKey, isNeeded) is not { } pair) return null;
        if (FaultOf(pair) is { } fault) section.Report(publicKey, $"the file '{section.File(publicKey)}': {fault}", isNeeded);
        else WarnOfDates(section, publicKey, [pair.Certificate, .. pair.Intermediates]);
        if (!CertificateFiles.IsFor(pair.Certificate, purpose))
            section.Warn(publicKey, $"the certificate of '{pair.Certificate.Subject}' is not for this use, peers will refuse it (extendedKeyUsage needs {NameOf(purpose)})");
        return pair;

        static string NameOf(string purpose) => purpose == ChainPolicies.ServerAuthentication ? "serverAuth" : "clientAuth";
    }

    /// <summary>The certificate of an authority, what leads from it to a root, and its key; null for none, and after an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="publicKey">Names the file of the certificates.</param>
    /// <param name="privateKey">Names the file of the key.</param>
    /// <param name="isNeeded">Whether problems are errors; else they are warnings.</param>
    public static ServerCertificate? AuthorityPair(this Section section, string publicKey, string privateKey, bool isNeeded)
    {
        if (LoadPair(section, publicKey, privateKey, isNeeded) is not { } pair) return null;
        var fault = CertificateFiles.IsAuthority(pair.Certificate) ? CertificateFiles.KeyFault(pair.Certificate)
            : $"the certificate of '{pair.Certificate.Subject}' is not that of a CA (basicConstraints CA:TRUE, and keyUsage keyCertSign if any); make one with 'calamary ca init --dir DIR'";
        if (fault is not null) section.Report(publicKey, $"the file '{section.File(publicKey)}': {fault}", isNeeded);
        else WarnOfDates(section, publicKey, [pair.Certificate]);
        return fault is null ? pair : null;
    }

    private static ServerCertificate? LoadPair(Section section, string publicKey, string privateKey, bool isNeeded)
    {
        var (publicFile, privateFile) = (section.File(publicKey), section.File(privateKey));
        if (publicFile is null || privateFile is null)
        {
            if (publicFile is not null) Report(publicKey, $"'{privateKey}', the file with its key, is missing");
            if (privateFile is not null) Report(privateKey, $"'{publicKey}', the file with its certificate, is missing");
            return null;
        }
        var (publicPem, privatePem) = (Load(section, publicKey, publicFile, isNeeded), Load(section, privateKey, privateFile, isNeeded));
        var (certificates, error) = publicPem is null ? default : CertificateFiles.ReadCertificates(publicPem);
        if (error is not null) Report(publicKey, $"the file '{publicFile}': {error}");
        var (key, keyError) = privatePem is null ? default : CertificateFiles.ReadKey(privatePem);
        if (keyError is not null) Report(privateKey, $"the file '{privateFile}': {keyError}");
        if (certificates is null || key is null) return null;
        var (pair, pairError) = CertificateFiles.Combine(certificates, key);
        if (pairError is not null) Report(privateKey, $"the file '{privateFile}': {pairError}");
        return pair;

        void Report(string at, string message) => section.Report(at, message, isNeeded);
    }

    private static string? FaultOf(ServerCertificate pair) =>
        pair.Intermediates.Prepend(pair.Certificate).Select(CertificateFiles.KeyFault).FirstOrDefault(fault => fault is not null)
            ?? (TrialHandshake.Refusal(pair) is { } reason ? $"OpenSSL refuses the certificate at handshakes: {reason}" : null);

    private static string? Load(Section section, string key, string path, bool isError)
    {
        try
        {
            using var reader = BoundedFile.OpenRegular(path, MaxMegabytes);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (BoundedFile.IsExpected(e))
        {
            section.Report(key, BoundedFile.Explain(path, e), isError);
            return null;
        }
    }

    private static void Report(this Section section, string key, string message, bool isError)
    {
        if (isError) section.Error(key, message);
        else section.Warn(key, $"{message} (nothing needs it)");
    }

    private static void WarnOfDates(Section section, string key, X509Certificate2Collection certificates)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var fault in certificates.Select(c => CertificateFiles.DateFault(c, now)).OfType<string>()) section.Warn(key, fault);
    }
}
