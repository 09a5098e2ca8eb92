namespace Calamary.Core.Configuration;

/// <summary>The section <c>certs</c>: PEM files, relative paths put behind the configuration's directory; null for none. Not used in this version.</summary>
public sealed record CertsConfig
{
    /// <summary>Certificates to trust beside the system's.</summary>
    public string? CaPublic { get; init; }

    /// <summary>The certificate of TLS listeners.</summary>
    public string? ServerPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? ServerPrivate { get; init; }

    /// <summary>The CA that signs intercepting certificates.</summary>
    public string? InterceptPublic { get; init; }

    /// <summary>Its key.</summary>
    public string? InterceptPrivate { get; init; }
}
