using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>Whether a certificate is for a name (RFC 9525 §6). Only subjectAltName counts, never the common name (§2).</summary>
internal static class CertificateNames
{
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="name">A host name as the proxy normalises it, or an address.</param>
    public static bool IsFor(X509Certificate2 certificate, string name)
    {
        try
        {
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>();
            return Address.TryParse(name, out var address)
                ? names.Any(n => n.EnumerateIPAddresses().Any(a => Address.From(a) == address))
                : names.Any(n => n.EnumerateDnsNames().Any(pattern => IsMatch(pattern, name)));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>RFC 9525 §6.3: a wildcard is the whole left-most label and stands for exactly one. One right below a top-level domain
    /// (<c>*.com</c>) is for nobody (§6.3, §7.1).</summary>
    public static bool IsMatch(string pattern, string name)
    {
        if (!pattern.StartsWith("*.", StringComparison.Ordinal)) return !pattern.Contains('*') && pattern.Equals(name, StringComparison.OrdinalIgnoreCase);
        var rest = pattern.AsSpan(1);
        var label = name.IndexOf('.', StringComparison.Ordinal);
        return label > 0 && !rest.Contains('*') && rest[1..].Contains('.') && name.AsSpan(label).Equals(rest, StringComparison.OrdinalIgnoreCase);
    }
}
