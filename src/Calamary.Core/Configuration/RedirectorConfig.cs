namespace Calamary.Core.Configuration;

/// <summary>A valid configuration of the redirector. Every value has its default unless the user gave one.</summary>
public sealed record RedirectorConfig
{
    internal RedirectorConfig()
    {
    }

    /// <summary>What it has in common with the proxy: listeners, timeouts, limits, log, metrics. Everything is accepted.</summary>
    public CalamaryConfig Service { get; init; } = new();

    /// <summary>Where flows go, 1 to 64, none twice.</summary>
    public IReadOnlyList<Endpoint> Proxies { get; init; } = [];

    /// <summary>The version of the PROXY protocol, 1 or 2.</summary>
    public int ProxyProtocol { get; init; } = 2;

    /// <summary>How a proxy is chosen.</summary>
    public ProxyBalance Balance { get; init; }

    /// <summary>TLS towards the proxies.</summary>
    public LinkTlsConfig Tls { get; init; } = new();

    /// <summary>Health checks.</summary>
    public HealthConfig Health { get; init; } = new();
}
