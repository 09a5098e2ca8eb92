using Calamary.Core.Configuration.Yaml;

namespace Calamary.Core.Configuration;

/// <summary>Reads an item of <c>listen</c>.</summary>
internal static class ListenerReader
{
    private static readonly IReadOnlyList<(string, ListenerMode?)> Modes = [.. Enum.GetValues<ListenerMode>().Select(m => (m.ToName(), (ListenerMode?)m))];
    private static readonly IReadOnlyList<(string, bool)> Fallbacks = [("deny", false), ("passthrough", true)];
    private static readonly Address LoopbackIPv4 = Address.FromIPv4(0x7F000001);
    private static readonly Address LoopbackIPv6 = Address.FromIPv6(1);

    /// <summary>Null when there is no sense in comparing it with others.</summary>
    public static ListenerConfig? Read(Section item)
    {
        var mode = ReadMode(item);
        var addresses = ReadAddresses(item, mode);
        var transparent = mode is null or ListenerMode.Transparent;
        var config = new ListenerConfig
        {
            Mode = mode ?? default,
            Addresses = addresses,
            Tcp = item.Flag("tcp", true),
            Tproxy = ReadOption(item, "tproxy", transparent),
            ResolveSni = ReadOption(item, "resolveSni", transparent || mode is ListenerMode.ProxyProto),
        };
        item.MustBeOff("udp");
        item.MustBeOff("tls");
        item.MustBeEmpty("trusted");
        item.MustBeEmpty("clientCa");
        item.MustBeEmpty("users");
        if (item.Word("interceptFallback", false, Fallbacks)) item.Error("interceptFallback", Unavailable.Message);
        item.ReportUnknown();
        if (!config.Tcp) item.Error("tcp", "without tcp there is nothing to listen for in this version");
        return mode is null ? null : config;
    }

    private static ListenerMode? ReadMode(Section item)
    {
        if (!item.Has("mode")) item.Error($"the listener has no 'mode': {string.Join(", ", Modes.Select(m => m.Item1))}");
        var mode = item.Word("mode", null, Modes);
        if (mode is ListenerMode.ProxyProto or ListenerMode.Https or ListenerMode.Socks5) item.Error("mode", $"'{mode.Value.ToName()}' is {Unavailable.Message}");
        return mode;
    }

    private static List<ListenAddress> ReadAddresses(Section item, ListenerMode? mode)
    {
        var port = (ushort)item.Number("port", (mode ?? default).DefaultPort(), 1, ushort.MaxValue);
        List<ListenAddress> addresses = [.. Family("ip4", isIPv6: false, LoopbackIPv4), .. Family("ip6", isIPv6: true, LoopbackIPv6)];
        if (addresses.Count == 0 && IsEmptyOrAbsent("ip4") && IsEmptyOrAbsent("ip6")) item.Error("there is no address to listen on: both 'ip4' and 'ip6' are empty");
        return addresses;

        IEnumerable<ListenAddress> Family(string key, bool isIPv6, Address loopback)
        {
            var stated = item.Addresses(key, isIPv6);
            if (!item.Has(key)) return [new ListenAddress(new Endpoint(loopback, port), IsDefault: true)];
            return (stated ?? []).Select(address => new ListenAddress(new Endpoint(address, port), IsDefault: false));
        }

        bool IsEmptyOrAbsent(string key) => item.Find(key) is null or YamlSequence { Items.Count: 0 };
    }

    private static bool ReadOption(Section item, string key, bool isKnownToMode)
    {
        var on = item.Flag(key, false);
        if (on && !isKnownToMode) item.Error(key, "this mode does not have it; it is for 'transparent' listeners");
        return on;
    }
}
