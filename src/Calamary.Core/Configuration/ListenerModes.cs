namespace Calamary.Core.Configuration;

/// <summary>Words and ports of <see cref="ListenerMode"/>.</summary>
public static class ListenerModes
{
    /// <summary>The word in configuration, rules and logs, lower case.</summary>
    public static string ToName(this ListenerMode mode) => mode switch
    {
        ListenerMode.ProxyProto => "proxyproto",
        ListenerMode.Http => "http",
        ListenerMode.Https => "https",
        ListenerMode.Socks5 => "socks5",
        _ => "transparent",
    };

    /// <summary>The port when none is stated.</summary>
    public static ushort DefaultPort(this ListenerMode mode) => mode switch
    {
        ListenerMode.ProxyProto => 4129,
        ListenerMode.Http => 4130,
        ListenerMode.Https => 4131,
        ListenerMode.Socks5 => 4132,
        _ => 4128,
    };
}
