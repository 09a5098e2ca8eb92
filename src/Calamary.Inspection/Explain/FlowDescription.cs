using Calamary.Core;
using Calamary.Core.Names;
using Calamary.Core.Protocols.Dns;
using Calamary.Core.Protocols.Dtls;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Inspection.Explain;

/// <summary>A flow in its describer's words. What is null the flow does not have.</summary>
internal sealed class FlowDescription
{
    public Address? Source { get; set; }

    public ushort? SourcePort { get; set; }

    public Address? Destination { get; set; }

    public ushort? Port { get; set; }

    public TransportProtocol? Transport { get; set; }

    public ProtocolId? Protocol { get; set; }

    /// <summary>The SNI, or the name in question of DNS, as written.</summary>
    public string? ServerName { get; set; }

    public IReadOnlyList<string>? Alpn { get; set; }

    public TlsVersion? TlsVersion { get; set; }

    public bool? Ech { get; set; }

    public string? User { get; set; }

    /// <summary>The listener's mode.</summary>
    public string? ListenerMode { get; set; }

    /// <summary>Its port; 0 when only the mode was said.</summary>
    public ushort ListenerPort { get; set; }

    /// <summary>The name that the client has the proxy resolve, normalised.</summary>
    public string? RequestedHost { get; set; }

    public string? Host { get; set; }

    public string? Path { get; set; }

    public string? Method { get; set; }

    public CertificateCheck? Certificate { get; set; }

    private bool HasRequest => Host is not null || Path is not null || Method is not null;

    /// <summary>The facts for the rules.</summary>
    public FlowFacts ToFacts() => new()
    {
        Source = new Endpoint(Source ?? default, SourcePort ?? 0),
        Destination = new Endpoint(Destination ?? default, Port ?? 0),
        // Where nothing is said, what can be intercepted depends on it all the same.
        Transport = Transport ?? (Protocol == QuicProtocol.Id || Protocol == DtlsProtocol.Id ? TransportProtocol.Udp : TransportProtocol.Tcp),
        ListenerMode = ListenerMode,
        ListenerPort = ListenerPort,
        RequestedHost = RequestedHost,
        User = User,
        Protocol = Protocol,
        Tls = HelloOf(),
        Dns = Protocol == DnsProtocol.Id && ServerName is not null ? new DnsQuestion { Name = QuestionOf(ServerName) } : null,
        Certificate = Certificate,
        // Not Inside: `encrypted` is to go by the protocol that is described, whatever that is.
        Interception = HasRequest ? Interception.Skipped : Interception.None,
        Request = HasRequest ? new HttpRequestFacts(Method ?? "", Host, Path ?? "") : null,
        Lacks = Lacking(),
    };

    private TlsHello? HelloOf()
    {
        var name = Protocol == DnsProtocol.Id ? null : ServerName;
        if (name is null && Alpn is null && TlsVersion is null && Ech is null && Protocol != TlsProtocol.Id && Protocol != QuicProtocol.Id) return null;
        var normalised = (string?)null;
        return new TlsHello
        {
            ServerNameKind = name is null ? ServerNameKind.Absent
                : HostName.TryNormalize(name, out normalised) ? ServerNameKind.One : ServerNameKind.Invalid,
            ServerName = normalised,
            Alpn = Alpn ?? [],
            Version = TlsVersion ?? Core.TlsVersion.None,
            Ech = Ech ?? false,
        };
    }

    // Questions have names that hosts have not; null for the root.
    private static string? QuestionOf(string text)
    {
        if (HostName.TryNormalize(text, out var name)) return name;
        var question = (text.EndsWith('.') ? text[..^1] : text).ToLowerInvariant();
        return question.Length == 0 ? null : question;
    }

    private FlowParts Lacking() =>
        Unless(Source.HasValue, FlowParts.Source) | Unless(SourcePort.HasValue, FlowParts.SourcePort)
        | Unless(Destination.HasValue, FlowParts.Destination) | Unless(Port.HasValue, FlowParts.DestinationPort)
        | Unless(Transport.HasValue, FlowParts.Transport) | Unless(Ech.HasValue, FlowParts.Ech)
        | Unless(Method is not null, FlowParts.Method) | Unless(Path is not null, FlowParts.Path);

    private static FlowParts Unless(bool has, FlowParts part) => has ? FlowParts.None : part;
}
