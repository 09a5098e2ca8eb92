using Calamary.Core.Users;

namespace Calamary.Core.Configuration;

/// <summary>Reads an item of <c>listen</c>.</summary>
internal static class ListenerReader
{
    private static readonly IReadOnlyList<(string, ListenerMode?)> Modes = [.. Enum.GetValues<ListenerMode>().Select(m => (m.ToName(), (ListenerMode?)m))];
    private static readonly IReadOnlyList<(string, bool)> Fallbacks = [("deny", false), ("passthrough", true)];
    private static readonly Address LoopbackIPv4 = Address.FromIPv4(0x7F000001);
    private static readonly Address LoopbackIPv6 = Address.FromIPv6(1);

    /// <summary>Reads it; it has no addresses when they are not certain.</summary>
    /// <param name="item">The listener.</param>
    /// <param name="hasCertificate">Whether <c>certs</c> names a certificate and its key.</param>
    public static ListenerConfig Read(Section item, bool hasCertificate)
    {
        var errors = item.Context.Problems.ErrorCount;
        var mode = ReadMode(item);
        var addresses = ReadAddresses(item, mode);
        var trust = new ListenerTrust(item, mode);
        var config = new ListenerConfig
        {
            Mode = mode ?? default,
            // Fallbacks of wrong values would be reported as taken by, or from, other listeners.
            Addresses = item.Context.Problems.ErrorCount == errors ? addresses : [],
            Tcp = item.Flag("tcp", true),
            Udp = ReadOption(item, "udp", mode, ListenerMode.Transparent, ListenerMode.ProxyProto, ListenerMode.Socks5),
            Tproxy = ReadOption(item, "tproxy", mode, ListenerMode.Transparent),
            ResolveSni = ReadOption(item, "resolveSni", mode, ListenerMode.Transparent, ListenerMode.ProxyProto),
            Trusted = trust.Trusted(),
            ClientCa = trust.ClientCa(),
            Tls = trust.Tls(hasCertificate),
            Users = ReadUsers(item, mode),
            PassesPinned = item.Word("interceptFallback", false, Fallbacks),
        };
        item.ReportUnknown();
        if (!config.Tcp && (!config.Udp || config.Mode == ListenerMode.Socks5)) item.Error("tcp", "there is nothing left to listen for");
        if (!config.Udp) return config;
        if (config is { Mode: ListenerMode.Transparent, Tproxy: false })
            item.Error("udp", "datagrams tell where they went to only behind TPROXY: set 'tproxy: true', see docs/redirect.md");
        if (config is { Mode: ListenerMode.ProxyProto, Tls: true })
            item.Error("udp", "datagrams do not come inside TLS: take a listener of its own for them, with 'tcp: false'");
        return config;
    }

    /// <summary>What to say of a key that is for other modes.</summary>
    public static string IsFor(params ReadOnlySpan<ListenerMode> modes)
    {
        var names = modes.ToArray().Select(mode => $"'{mode.ToName()}'").ToList();
        var all = names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
        return $"this mode does not have it; it is for {all} listeners";
    }

    private static ListenerMode? ReadMode(Section item)
    {
        if (!item.Has("mode")) item.Error($"the listener has no 'mode': {string.Join(", ", Modes.Select(m => m.Item1))}");
        return item.Word("mode", null, Modes);
    }

    private static List<ListenAddress> ReadAddresses(Section item, ListenerMode? mode)
    {
        var port = (ushort)item.Number("port", (mode ?? default).DefaultPort(), 1, ushort.MaxValue);
        var (ip4, ip6) = (item.Addresses("ip4", isIPv6: false), item.Addresses("ip6", isIPv6: true));
        if (ip4 is { Count: 0 } && ip6 is { Count: 0 }) item.Error("there is no address to listen on: both 'ip4' and 'ip6' are empty");
        return [.. Family(ip4, LoopbackIPv4), .. Family(ip6, LoopbackIPv6)];

        IEnumerable<ListenAddress> Family(IReadOnlyList<Address>? stated, Address loopback) =>
            (stated ?? [loopback]).Select(address => new ListenAddress(new Endpoint(address, port), IsDefault: stated is null));
    }

    private static UserFile? ReadUsers(Section item, ListenerMode? mode)
    {
        if (item.Text("users") is null || mode is ListenerMode.Http or ListenerMode.Https or ListenerMode.Socks5 or null) return UserFileReader.Read(item, "users");
        item.Error("users", IsFor(ListenerMode.Http, ListenerMode.Https, ListenerMode.Socks5));
        return null;
    }

    private static bool ReadOption(Section item, string key, ListenerMode? mode, params ReadOnlySpan<ListenerMode> modes)
    {
        var on = item.Flag(key, false);
        if (on && mode is { } known && !modes.Contains(known)) item.Error(key, IsFor(modes));
        return on;
    }
}
