using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>A CA that was made for interception: it can sign certificates of servers, and no other CA.</summary>
/// <param name="CertificateFile">The full path of its certificate, PEM, which clients install.</param>
/// <param name="KeyFile">The full path of its key, PKCS#8 in PEM, which nobody else may read.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Fingerprint">The SHA-256 of the certificate: hexadecimal pairs with colons between.</param>
/// <param name="NotAfter">When it ends.</param>
public sealed record InterceptionAuthority(string CertificateFile, string KeyFile, string Subject, string Fingerprint, DateTimeOffset NotAfter)
{
    /// <summary>The longest name, in characters (ub-common-name, RFC 5280 appendix A.1).</summary>
    public const int MaxNameLength = 64;

    private const int Years = 10;
    private const int SerialBytes = 16;

    // Clients' clocks are slow at times.
    private static readonly TimeSpan Backdating = TimeSpan.FromHours(1);

    /// <summary>Makes one, ECDSA P-256 for ten years, as <c>ca.crt</c> (mode 0644) and <c>ca.key</c> (0600). Nothing is overwritten.</summary>
    /// <param name="directory">Where to; made with mode 0700 when it is not there.</param>
    /// <param name="name">Its common name, 1 to <see cref="MaxNameLength"/> characters; null for one with random digits, so that two of them differ.</param>
    /// <exception cref="IOException">A file is there already, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file or the directory may not be written.</exception>
    public static InterceptionAuthority Create(string directory, string? name = null)
    {
        name ??= $"Calamary interception CA {RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        ArgumentOutOfRangeException.ThrowIfZero(name.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxNameLength);
        var folder = Path.GetFullPath(directory);
        var (certificateFile, keyFile) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "ca.key"));
        foreach (var file in new[] { certificateFile, keyFile })
        {
            if (File.Exists(file)) throw new IOException($"'{file}' is there already; nothing was changed");
        }
        MakeDirectory(folder);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(key, name);
        Write(keyFile, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            Write(certificateFile, certificate.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch
        {
            // A key without its certificate is of no use, and would be in the way of the next attempt.
            File.Delete(keyFile);
            throw;
        }
        var fingerprint = string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(static b => b.ToString("X2", null)));
        return new(certificateFile, keyFile, certificate.Subject, fingerprint, certificate.NotAfter);
    }

    private static X509Certificate2 Sign(ECDsa key, string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        // Whoever steals a certificate's key below it must not become a CA (RFC 5280 §4.2.1.9), nor sign for anything but servers.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ChainPolicies.ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        // Positive, and as long as it seems (RFC 5280 §4.1.2.2).
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        var now = TimeProvider.System.GetUtcNow();
        return request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - Backdating, now.AddYears(Years), serial);
    }

    private static void MakeDirectory(string folder)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, owner);
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using var file = new StreamWriter(path, options);
        file.Write(pem);
        file.Write('\n');
        // The umask may have taken away what others need of the certificate.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(((FileStream)file.BaseStream).SafeFileHandle, mode);
    }
}
