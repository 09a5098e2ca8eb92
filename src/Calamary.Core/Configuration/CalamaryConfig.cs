using Calamary.Core.Rules;

namespace Calamary.Core.Configuration;

/// <summary>A valid configuration. Every value has its default unless the user gave one.</summary>
public sealed record CalamaryConfig
{
    internal CalamaryConfig()
    {
    }

    /// <summary>Where flows come in; may be empty.</summary>
    public IReadOnlyList<ListenerConfig> Listeners { get; init; } = [];

    /// <summary>Certificates and keys.</summary>
    public CertsConfig Certs { get; init; } = new();

    /// <summary>Nameservers, port 53 unless stated; empty: the system's.</summary>
    public IReadOnlyList<Endpoint> DnsNameservers { get; init; } = DefaultNetworks.Nameservers;

    /// <summary>Name resolution.</summary>
    public DnsConfig Dns { get; init; } = new();

    /// <summary>Whether every step of a flow is logged.</summary>
    public bool Debug { get; init; }

    /// <summary>Logs.</summary>
    public LogConfig Log { get; init; } = new();

    /// <summary>Timeouts.</summary>
    public TimeoutConfig Timeouts { get; init; } = new();

    /// <summary>Connections to servers.</summary>
    public OutputConfig Output { get; init; } = new();

    /// <summary>Protocols that are looked for.</summary>
    public ParsingConfig Parsing { get; init; } = new([]);

    /// <summary>Limits.</summary>
    public LimitsConfig Limits { get; init; } = new();

    /// <summary>Whether clients are told that their datagrams are denied.</summary>
    public UdpDenial DenyUdp { get; init; }

    /// <summary>Whether a reload judges running flows again and ends those that are denied now.</summary>
    public bool Recheck { get; init; }

    /// <summary>Destinations that are denied before any rule.</summary>
    public IReadOnlyList<AddressRange> DenyAlways { get; init; } = DefaultNetworks.DenyAlways;

    /// <summary>Metrics.</summary>
    public MetricsConfig Metrics { get; init; } = new();

    /// <summary>The rules in their order; none: everything is denied.</summary>
    internal IReadOnlyList<RuleDefinition> Rules { get; init; } = [];
}
