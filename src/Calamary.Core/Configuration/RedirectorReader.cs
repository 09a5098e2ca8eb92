using Calamary.Core.Names;
using Calamary.Core.Rules;
using Calamary.Core.Tls;

namespace Calamary.Core.Configuration;

/// <summary>Reads what stands under <c>service</c>, or at the top level, of a redirector's configuration.</summary>
internal static class RedirectorReader
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly IReadOnlyList<(string, ProxyBalance)> Balances =
        [("leastconn", ProxyBalance.LeastConnections), ("source", ProxyBalance.Source)];

    public static RedirectorConfig Read(Section service)
    {
        var config = new RedirectorConfig();
        var common = new CalamaryConfig { DenyAlways = [], DnsNameservers = [], Rules = [new RuleDefinition(RuleAction.Accept, null, [])] };
        var metrics = ServiceReader.ReadMetrics(service.Child("metrics"), common.Metrics);
        var listeners = ListenReader.Read(service, metrics, ReadListener);
        var result = config with
        {
            Service = common with
            {
                Metrics = metrics,
                Listeners = listeners,
                Debug = service.Flag("debug", common.Debug),
                Log = ServiceReader.ReadLog(service.Child("log"), common.Log),
                Timeouts = ReadTimeouts(service.Child("timeout"), common.Timeouts),
                // A proxy that does not answer at once is left for the next.
                Output = ServiceReader.ReadOutput(service.Child("output"), common.Output with { Retries = 0 }),
                Limits = ReadLimits(service.Child("limits"), common.Limits),
            },
            Proxies = ProxyListReader.Read(service, listeners),
            ProxyProtocol = service.Number("proxyProtocol", config.ProxyProtocol, 1, 2),
            Balance = service.Word("balance", config.Balance, Balances),
            Tls = ReadTls(service.Child("tls")),
            Health = ReadHealth(service.Child("health"), config.Health),
        };
        if (listeners.Any(l => l.Udp)) CheckUdp(service, result);
        return result;
    }

    private static void CheckUdp(Section service, RedirectorConfig config)
    {
        if (config.ProxyProtocol != 2) service.Error("proxyProtocol", "version 1 has no word for UDP: take 2, or listeners without 'udp'");
        if (config.Tls.Enabled) service.Error("tls", "datagrams do not go inside TLS: take a redirector of its own for 'udp', over a VPN where the way is not safe");
    }

    private static ListenerConfig ReadListener(Section item)
    {
        var listener = ListenerReader.Read(item, hasCertificate: true);
        if (listener.Mode != ListenerMode.Transparent) item.Error("mode", "the redirector's listeners are 'transparent'");
        if (listener.ResolveSni) item.Error("resolveSni", "the redirector does not look into flows; the proxy's listener has this key");
        if (listener.PassesPinned) item.Error("interceptFallback", "the redirector does not look into flows; the proxy's listener has this key");
        return listener;
    }

    private static TimeoutConfig ReadTimeouts(Section section, TimeoutConfig fallback)
    {
        var config = fallback with
        {
            Connect = section.Milliseconds("connect", fallback.Connect, Shortest, ServiceReader.LongestTimeout),
            Process = section.Milliseconds("process", fallback.Process, Shortest, ServiceReader.LongestTimeout),
            Idle = section.Milliseconds("idle", fallback.Idle, Shortest, ServiceReader.LongestIdle),
            Drain = section.Milliseconds("drain", fallback.Drain, TimeSpan.Zero, ServiceReader.LongestTimeout),
        };
        section.ReportUnknown();
        return config;
    }

    private static LimitsConfig ReadLimits(Section section, LimitsConfig fallback)
    {
        var config = fallback with
        {
            Flows = section.Number("flows", fallback.Flows, 0, ServiceReader.MaxFlows),
            FlowsPerSource = section.Number("flowsPerSource", fallback.FlowsPerSource, 0, ServiceReader.MaxFlows),
        };
        section.ReportUnknown(key => key.Equals("peekBytes", StringComparison.OrdinalIgnoreCase) ? ": the redirector does not look into flows" : null);
        return config;
    }

    private static HealthConfig ReadHealth(Section section, HealthConfig fallback)
    {
        var longest = TimeSpan.FromHours(1);
        var config = new HealthConfig
        {
            Interval = section.Milliseconds("interval", fallback.Interval, TimeSpan.FromMilliseconds(100), longest),
            Timeout = section.Milliseconds("timeout", fallback.Timeout, Shortest, longest),
        };
        section.ReportUnknown();
        return config;
    }

    private static LinkTlsConfig ReadTls(Section section)
    {
        var enabled = section.Flag("enabled", false);
        var config = new LinkTlsConfig
        {
            Enabled = enabled,
            Ca = section.File("ca"),
            Cert = section.File("cert"),
            Key = section.File("key"),
            ServerName = ReadServerName(section),
        };
        section.ReportUnknown();
        // Files that are not used need not be there.
        return enabled ? config with { Authorities = section.Authorities("ca"), Own = section.KeyPair("cert", "key", ChainPolicies.ClientAuthentication, Need.Required) } : config;
    }

    private static string? ReadServerName(Section section)
    {
        if (section.Text("serverName") is not { } text) return null;
        if (HostName.TryNormalize(text, out var name)) return name;
        section.Error("serverName", Address.TryParse(text, out _)
            ? "an address is no name; without 'serverName' the proxy's own address must be in its certificate"
            : $"'{text}' is no host name");
        return null;
    }
}
