namespace Calamary.Core.Configuration;

/// <summary>Reads what stands under <c>service</c>, or at the top level.</summary>
internal static class ServiceReader
{
    public const int MaxFlows = 10_000_000;

    /// <summary>No timeout but that of idle flows is longer.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);

    /// <summary>The longest timeout of idle flows.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromDays(7);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly IReadOnlyList<(string, UdpDenial)> Denials = [("reject", UdpDenial.Reject), ("drop", UdpDenial.Drop)];
    private static readonly IReadOnlyList<(string, LogFormat)> Formats = [("text", LogFormat.Text), ("json", LogFormat.Json)];

    /// <summary>Reads all but what <c>certs</c> names: whether that is needed, the rules tell.</summary>
    /// <param name="service">The section.</param>
    /// <param name="certs">Its section <c>certs</c>.</param>
    public static CalamaryConfig Read(Section service, Section certs)
    {
        var config = new CalamaryConfig();
        config = config with
        {
            Metrics = ReadMetrics(service.Child("metrics"), config.Metrics),
            DnsNameservers = service.Nameservers("dnsNameservers") ?? config.DnsNameservers,
            Dns = ReadDns(service.Child("dns"), config.Dns),
            Debug = service.Flag("debug", config.Debug),
            Log = ReadLog(service.Child("log"), config.Log),
            Timeouts = ReadTimeouts(service.Child("timeout"), config.Timeouts),
            Output = ReadOutput(service.Child("output"), config.Output),
            Parsing = ParsingReader.Read(service.Child("parsing")),
            Limits = ReadLimits(service.Child("limits"), config.Limits),
            DenyUdp = service.Word("denyUdp", config.DenyUdp, Denials),
            Recheck = service.Flag("recheck", config.Recheck),
            DenyAlways = service.Networks("denyAlways") ?? config.DenyAlways,
        };
        var hasCertificate = !certs.IsEmpty("serverPublic") && !certs.IsEmpty("serverPrivate");
        return config with { Listeners = ListenReader.Read(service, config.Metrics, item => ListenerReader.Read(item, hasCertificate)) };
    }

    public static MetricsConfig ReadMetrics(Section section, MetricsConfig fallback)
    {
        var config = new MetricsConfig
        {
            Enabled = section.Flag("enabled", fallback.Enabled),
            Endpoint = new Endpoint(section.Address("ip") ?? fallback.Endpoint.Address,
                (ushort)section.Number("port", fallback.Endpoint.Port, 1, ushort.MaxValue)),
        };
        section.ReportUnknown();
        return config;
    }

    private static DnsConfig ReadDns(Section section, DnsConfig fallback)
    {
        var config = new DnsConfig
        {
            Cache = section.Number("cache", fallback.Cache, 0, 1_000_000),
            StripEch = section.Flag("stripEch", fallback.StripEch),
        };
        section.ReportUnknown();
        return config;
    }

    public static LogConfig ReadLog(Section section, LogConfig fallback)
    {
        var config = new LogConfig { Format = section.Word("format", fallback.Format, Formats) };
        section.ReportUnknown();
        return config;
    }

    private static TimeoutConfig ReadTimeouts(Section section, TimeoutConfig fallback)
    {
        var config = new TimeoutConfig
        {
            Connect = section.Milliseconds("connect", fallback.Connect, Shortest, LongestTimeout),
            Process = section.Milliseconds("process", fallback.Process, Shortest, LongestTimeout),
            Idle = section.Milliseconds("idle", fallback.Idle, Shortest, LongestIdle),
            Probe = section.Milliseconds("probe", fallback.Probe, Shortest, LongestTimeout),
            DnsLookup = section.Milliseconds("dnsLookup", fallback.DnsLookup, Shortest, LongestTimeout),
            Drain = section.Milliseconds("drain", fallback.Drain, TimeSpan.Zero, LongestTimeout),
        };
        section.ReportUnknown();
        return config;
    }

    public static OutputConfig ReadOutput(Section section, OutputConfig fallback)
    {
        // The kernel's IFNAMSIZ is 16 with the final NUL.
        const int MaxInterface = 15;
        var config = new OutputConfig
        {
            Retries = section.Number("retries", fallback.Retries, 0, 10),
            FwMark = (uint)section.Number("fwmark", (long)fallback.FwMark, 0, uint.MaxValue),
            Interface = section.Text("interface"),
            IPv4 = section.Address("ip4", isIPv6: false),
            IPv6 = section.Address("ip6", isIPv6: true),
        };
        section.ReportUnknown();
        if (config.Interface is { } name && (name.Length > MaxInterface || name.Any(c => c is '/' or ':' or <= ' ' or > '~')))
            section.Error("interface", $"'{name}' is no name of a network interface");
        return config;
    }

    private static LimitsConfig ReadLimits(Section section, LimitsConfig fallback)
    {
        var config = new LimitsConfig
        {
            Flows = section.Number("flows", fallback.Flows, 0, MaxFlows),
            FlowsPerSource = section.Number("flowsPerSource", fallback.FlowsPerSource, 0, MaxFlows),
            PeekBytes = section.Number("peekBytes", fallback.PeekBytes, 1024, 1_048_576),
        };
        section.ReportUnknown();
        return config;
    }
}
