using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>A certificate of our own, ready for use.</summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="Intermediates">What peers need to find the way from a root to it; may be empty.</param>
internal sealed record ServerCertificate(X509Certificate2 Certificate, X509Certificate2Collection Intermediates);
