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
    public static ListenerConfig Read(Section item)
    {
        var errors = item.Context.Problems.ErrorCount;
        var mode = ReadMode(item);
        var addresses = ReadAddresses(item, mode);
        var transparent = mode is null or ListenerMode.Transparent;
        var config = new ListenerConfig
        {
            Mode = mode ?? default,
            // Fallbacks of wrong values would be reported as taken by, or from, other listeners.
            Addresses = item.Context.Problems.ErrorCount == errors ? addresses : [],
            Tcp = item.Flag("tcp", true),
            Tproxy = ReadOption(item, "tproxy", transparent),
            Users = ReadUsers(item, mode),
            ResolveSni = ReadOption(item, "resolveSni", transparent || mode is ListenerMode.ProxyProto),
        };
        item.MustBeOff("udp");
        item.MustBeOff("tls");
        item.MustBeEmpty("trusted");
        item.MustBeEmpty("clientCa");
        if (item.Word("interceptFallback", false, Fallbacks)) item.Error("interceptFallback", Unavailable.Message);
        item.ReportUnknown();
        if (!config.Tcp) item.Error("tcp", "without tcp there is nothing to listen for in this version");
        return config;
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
        var (ip4, ip6) = (item.Addresses("ip4", isIPv6: false), item.Addresses("ip6", isIPv6: true));
        if (ip4 is { Count: 0 } && ip6 is { Count: 0 }) item.Error("there is no address to listen on: both 'ip4' and 'ip6' are empty");
        return [.. Family(ip4, LoopbackIPv4), .. Family(ip6, LoopbackIPv6)];

        IEnumerable<ListenAddress> Family(IReadOnlyList<Address>? stated, Address loopback) =>
            (stated ?? [loopback]).Select(address => new ListenAddress(new Endpoint(address, port), IsDefault: stated is null));
    }

    private static UserFile? ReadUsers(Section item, ListenerMode? mode)
    {
        var users = UserFileReader.Read(item, "users");
        if (item.Text("users") is not null && mode is ListenerMode.Transparent or ListenerMode.ProxyProto)
            item.Error("users", "this mode does not have it; it is for 'http, https, socks5' listeners");
        return users;
    }

    private static bool ReadOption(Section item, string key, bool isKnownToMode)
    {
        var on = item.Flag(key, false);
        if (on && !isKnownToMode) item.Error(key, "this mode does not have it; it is for 'transparent' listeners");
        return on;
    }
}
