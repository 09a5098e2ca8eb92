using Calamary.Core;
using Calamary.Core.Names;
using Calamary.Core.Protocols.Dtls;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Protocols.Ntp;
using Calamary.Core.Protocols.Quic;
using Calamary.Core.Protocols.Tls;

namespace Calamary.Inspection.Explain;

/// <summary>What is to be explained.</summary>
internal sealed class Subject
{
    private string? _urlName;

    public FlowDescription Flow { get; } = new();

    /// <summary>What the client asks for once it is intercepted; null when that is not known.</summary>
    public HttpRequestFacts? Request { get; private set; }

    /// <summary>The name whose addresses are judged; null when there is an address, or no name.</summary>
    public string? Name => Flow.Destination is null ? Flow.RequestedHost ?? _urlName : null;

    /// <summary>Takes a URL (RFC 3986) for what a current client would ask for.</summary>
    /// <returns>False when it is none that can be fetched.</returns>
    public bool TryTakeUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)) return false;
        var host = url.Host.Trim('[', ']');
        if (Address.TryParse(host, out var address)) Flow.Destination = address;
        else if (!HostName.TryNormalize(host, out _urlName)) return false;
        var authority = new HttpAuthority(_urlName, address, (ushort)url.Port);
        Flow.Port = authority.Port;
        if (url.Scheme == Uri.UriSchemeHttp)
        {
            Flow.Protocol = HttpProtocol.Id;
            return true;
        }
        Flow.Protocol = TlsProtocol.Id;
        Flow.ServerName = _urlName;
        Flow.TlsVersion = TlsVersion.Tls13;
        Flow.Alpn = ["h2", "http/1.1"];
        Request = new HttpRequestFacts("GET", authority.Host, HttpPath.Normalise(System.Text.Encoding.UTF8.GetBytes(url.AbsolutePath)));
        return true;
    }

    /// <summary>Adds what goes without saying.</summary>
    public void Complete()
    {
        var protocol = Flow.Protocol;
        Flow.Transport ??= protocol == QuicProtocol.Id || protocol == DtlsProtocol.Id || protocol == NtpProtocol.Id ? TransportProtocol.Udp : TransportProtocol.Tcp;
        if (protocol == TlsProtocol.Id || protocol == QuicProtocol.Id) Flow.Ech ??= false;
        // Clients of these ask for a name, those of other listeners for one of its addresses.
        if (Flow.ListenerMode is "http" or "https" or "socks5") Flow.RequestedHost ??= _urlName;
    }
}
