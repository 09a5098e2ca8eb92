using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Calamary.Core.Tls;

/// <summary>How certificates of peers are verified.</summary>
internal static class ChainPolicies
{
    /// <summary>RFC 5280 §4.2.1.12.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Trusts these authorities only, for one purpose. Nothing is fetched: a peer must not make the proxy call anyone.</summary>
    public static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities, string purpose)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(purpose));
        return policy;
    }
}
