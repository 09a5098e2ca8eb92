using System.Globalization;
using System.Text;
using Calamary.Core;

namespace Calamary.Inspection.Explain;

/// <summary>A flow on one line.</summary>
internal static class FlowText
{
    /// <summary><c>192.0.2.1 => 198.51.100.7:443 tcp l5=tls sni=www.example.com</c>; <c>?</c> for addresses that are not there.</summary>
    public static string Of(in FlowFacts facts)
    {
        var text = new StringBuilder();
        text.Append(Has(facts, FlowParts.Source) ? facts.Source.Address : "?");
        if (Has(facts, FlowParts.SourcePort)) text.Append(CultureInfo.InvariantCulture, $" port {facts.Source.Port}");
        text.Append(" => ").Append(DestinationOf(facts));
        if (Has(facts, FlowParts.Transport)) text.Append(facts.Transport == TransportProtocol.Tcp ? " tcp" : " udp");
        Append(text, "l5", facts.Protocol?.Name);
        if (facts.Tls is { } hello) AppendHello(text, hello, Has(facts, FlowParts.Ech));
        Append(text, "name", facts.Dns?.Name ?? facts.RequestedHost);
        Append(text, "cert", facts.Certificate?.Description);
        Append(text, "user", facts.User);
        Append(text, "listener", facts.ListenerPort == 0 ? facts.ListenerMode : string.Create(CultureInfo.InvariantCulture, $"{facts.ListenerMode}:{facts.ListenerPort}"));
        if (facts.Request is { } request)
        {
            Append(text, "method", Has(facts, FlowParts.Method) ? request.Method : null);
            Append(text, "host", request.Host);
            Append(text, "path", Has(facts, FlowParts.Path) ? request.Path : null);
        }
        return VerdictText.Printable(text.ToString());
    }

    /// <summary>The destination, whatever of it is known.</summary>
    public static string DestinationOf(in FlowFacts facts)
    {
        var hasAddress = Has(facts, FlowParts.Destination);
        if (!Has(facts, FlowParts.DestinationPort)) return hasAddress ? facts.Destination.Address.ToString() : "?";
        return hasAddress ? facts.Destination.ToString() : string.Create(CultureInfo.InvariantCulture, $"?:{facts.Destination.Port}");
    }

    private static void AppendHello(StringBuilder text, TlsHello hello, bool hasEch)
    {
        Append(text, "sni", hello.ServerNameKind == ServerNameKind.Invalid ? "(no host name)" : hello.ServerName);
        if (hello.Alpn.Count > 0) Append(text, "alpn", string.Join(',', hello.Alpn));
        if (hello.Version != TlsVersion.None) Append(text, "tls_version", hello.Version.ToName());
        if (hasEch) Append(text, "ech", hello.Ech ? "true" : "false");
    }

    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is not null) text.Append(' ').Append(key).Append('=').Append(value);
    }

    private static bool Has(in FlowFacts facts, FlowParts part) => (facts.Lacks & part) == 0;
}
