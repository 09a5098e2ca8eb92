using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>The section <c>certs</c>: PEM files, relative paths put behind the configuration's directory; null for none.</summary>
public sealed record CertsConfig
{
    /// <summary>Authorities to trust beside the system's, where certificates of servers are verified.</summary>
    public string? CaPublic { get; init; }

    /// <summary>The certificate of TLS listeners, then its intermediates.</summary>
    public string? ServerPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? ServerPrivate { get; init; }

    /// <summary>The CA that signs intercepting certificates, then what leads from it to a root.</summary>
    public string? InterceptPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? InterceptPrivate { get; init; }

    /// <summary>What <see cref="ServerPublic"/> and <see cref="ServerPrivate"/> hold; not null when a listener has TLS.</summary>
    internal ServerCertificate? Server { get; init; }

    /// <summary>What <see cref="CaPublic"/> holds.</summary>
    internal X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>What <see cref="InterceptPublic"/> and <see cref="InterceptPrivate"/> hold; not null when a rule intercepts.</summary>
    internal ServerCertificate? Intercept { get; init; }

    internal bool HasInterceptFiles => InterceptPublic is not null || InterceptPrivate is not null;
}
