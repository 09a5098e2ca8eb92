using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>The authorities that are trusted, by their names.</summary>
internal sealed class TrustAnchors
{
    private readonly ILookup<string, X509Certificate2> _bySubject;

    public TrustAnchors(IEnumerable<X509Certificate2> authorities) =>
        _bySubject = authorities.ToLookup(static a => NameOf(a.SubjectName), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the system's roots: some 150, some 50 ms. None when there is no store.</summary>
    public static IReadOnlyList<X509Certificate2> ReadSystem()
    {
        try
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return [.. store.Certificates];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    /// <summary>Those that may have issued one of these certificates. Building a chain costs by the number of authorities.</summary>
    public IEnumerable<X509Certificate2> IssuersOf(IEnumerable<X509Certificate2> certificates) =>
        certificates.Select(static c => NameOf(c.IssuerName)).Distinct(StringComparer.OrdinalIgnoreCase).SelectMany(name => _bySubject[name]);

    // The text, since one name can be encoded in several ways (RFC 5280 §7.1).
    private static string NameOf(X500DistinguishedName name) => name.Name;
}
