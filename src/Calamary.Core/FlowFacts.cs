namespace Calamary.Core;

/// <summary>What a stage of a flow can find out. A fact whose stage has not finished is unknown, not absent.</summary>
[Flags]
public enum FactStages : byte
{
    /// <summary>Only what accept tells.</summary>
    None = 0,
    /// <summary>The destination address is known (accept, or a name was resolved).</summary>
    Destination = 1,
    /// <summary>Peeking is over: the protocol, and all that its first bytes tell.</summary>
    Payload = 2,
    /// <summary>The server's certificate was looked at, or the flow has none.</summary>
    Certificate = 4,
    /// <summary>All of them.</summary>
    All = Destination | Payload | Certificate,
}

/// <summary>Transport protocol.</summary>
public enum TransportProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp,
    /// <summary>UDP.</summary>
    Udp,
}

/// <summary>What is known of a flow. Rules see this and nothing else.</summary>
public struct FlowFacts
{
    /// <summary>Which stages have finished. A field that belongs to another stage is unknown.</summary>
    public FactStages Known { get; set; }

    /// <summary>Where the client is.</summary>
    public Endpoint Source { get; set; }

    /// <summary>The destination. The port is known as soon as the handshake of the mode is over, the address from
    /// <see cref="FactStages.Destination"/> on.</summary>
    public Endpoint Destination { get; set; }

    /// <summary>TCP or UDP.</summary>
    public TransportProtocol Transport { get; set; }

    /// <summary>The listener's mode, lower case: <c>transparent</c>, <c>http</c>, …</summary>
    public string? ListenerMode { get; set; }

    /// <summary>The listener's port.</summary>
    public ushort ListenerPort { get; set; }

    /// <summary>The name that the client asked the proxy to resolve (CONNECT, absolute-form, SOCKS5), normalised; null for none.</summary>
    public string? RequestedHost { get; set; }

    /// <summary>The authenticated user of an http, https or socks5 listener; null for none.</summary>
    public string? User { get; set; }

    /// <summary>What peeking identified; null until known.</summary>
    public ProtocolId? Protocol { get; set; }

    /// <summary>The ClientHello of TLS or QUIC; null when there is none (yet).</summary>
    public TlsHello? Tls { get; set; }

    /// <summary>The question of a DNS query; null when there is none (yet).</summary>
    public DnsQuestion? Dns { get; set; }

    /// <summary>The QUIC connection; null when there is none (yet).</summary>
    public QuicConnection? Quic { get; set; }

    /// <summary>What was found of the server's certificate; null when nobody asked (yet), or there is none.</summary>
    public CertificateCheck? Certificate { get; set; }

    /// <summary>Whether it is decrypted.</summary>
    public Interception Interception { get; set; }

    /// <summary>The request that is judged, inside an intercepted flow; null when there is none (yet).</summary>
    public HttpRequestFacts? Request { get; set; }

    /// <summary>What a flow that is only described leaves out; a real one has all.</summary>
    internal FlowParts Lacks { get; set; }

    /// <summary>Whether all of these stages have finished.</summary>
    public readonly bool Has(FactStages stages) => (Known & stages) == stages;

    /// <summary>The name that the proxy can vouch for, for the criterion <c>dns</c>: the hello's, that of a DNS query's question, else the one
    /// that the proxy resolves; null for none. A hello with several names or an odd one has none, as has a question with an odd one.</summary>
    public readonly string? Name => Tls is { ServerNameKind: not ServerNameKind.Absent } hello ? hello.ServerName
        : Dns is { } question ? question.Name : RequestedHost;
}
