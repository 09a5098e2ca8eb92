using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>The redirector's section <c>tls</c>: connections to the proxies inside TLS.</summary>
public sealed record LinkTlsConfig
{
    /// <summary>Whether they are.</summary>
    public bool Enabled { get; init; }

    /// <summary>The PEM file of CAs that vouch for the proxies; null for those of the system.</summary>
    public string? Ca { get; init; }

    /// <summary>The PEM file of the redirector's own certificate, for proxies that ask for one; null for none.</summary>
    public string? Cert { get; init; }

    /// <summary>Its key.</summary>
    public string? Key { get; init; }

    /// <summary>The name that the proxies' certificates must have, normalised; null: the proxy's address must be in its certificate.</summary>
    public string? ServerName { get; init; }

    /// <summary>What <see cref="Ca"/> holds.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>What <see cref="Cert"/> and <see cref="Key"/> hold.</summary>
    internal ServerCertificate? Own { get; init; }
}
