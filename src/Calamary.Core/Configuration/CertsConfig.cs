using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>The section <c>certs</c>: PEM files, relative paths put behind the configuration's directory; null for none.</summary>
public sealed record CertsConfig
{
    /// <summary>Certificates to trust beside the system's. Not used in this version.</summary>
    public string? CaPublic { get; init; }

    /// <summary>The certificate of TLS listeners, then its intermediates.</summary>
    public string? ServerPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? ServerPrivate { get; init; }

    /// <summary>The CA that signs intercepting certificates. Not used in this version.</summary>
    public string? InterceptPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? InterceptPrivate { get; init; }

    /// <summary>What <see cref="ServerPublic"/> and <see cref="ServerPrivate"/> hold; not null when a listener has TLS.</summary>
    internal ServerCertificate? Server { get; init; }
}
