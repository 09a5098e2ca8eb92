using System.Security.Cryptography.X509Certificates;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>The section <c>certs</c>: PEM files, relative paths put behind the configuration's directory; null for none.</summary>
public sealed record CertsConfig
{
    /// <summary>Certificates to trust beside the system's.</summary>
    public string? CaPublic { get; init; }

    /// <summary>The certificate of TLS listeners, then its intermediates.</summary>
    public string? ServerPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? ServerPrivate { get; init; }

    /// <summary>The CA that signs intercepting certificates.</summary>
    public string? InterceptPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? InterceptPrivate { get; init; }

    /// <summary>What <see cref="ServerPublic"/> and <see cref="ServerPrivate"/> hold; not null when a listener has TLS.</summary>
    internal ServerCertificate? Server { get; init; }

    /// <summary>What <see cref="CaPublic"/> holds; null for none.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The CA that <see cref="InterceptPublic"/> and <see cref="InterceptPrivate"/> hold, with its key; not null when a rule intercepts. What
    /// else stands in the file are its intermediates.</summary>
    internal ServerCertificate? Intercept { get; init; }
}
