using Calamary.EndToEnd.HttpsProxy;

namespace Calamary.EndToEnd.Lab.Tls;

/// <summary>How a client comes to the proxy.</summary>
public enum Way
{
    Transparent,
    Tproxy,
    Http,
    Https,
    Socks5,
    ProxyProto,
}

public static class Ways
{
    public static TheoryData<Way> All { get; } = [Way.Transparent, Way.Tproxy, Way.Http, Way.Https, Way.Socks5, Way.ProxyProto];

    /// <summary>A proxy with a listener for each way, <c>caPublic</c> and the interception authority.</summary>
    public static async Task<Settings> SettingsAsync(this Way way, string listener = "")
    {
        var certificates = await ProxyCertificates.GetAsync();
        var pki = Pki.Instance;
        const string everywhere = "ip4: ['0.0.0.0'], ip6: ['::']";
        return (way == Way.Tproxy
                ? new Settings().Listen($"mode: transparent, tproxy: true{listener}", Settings.TransparentPort)
                : new Settings().Listen($"mode: transparent, {everywhere}{listener}", Settings.TransparentPort))
            .Listen($"mode: http, {everywhere}{listener}", Settings.HttpPort)
            .Listen($"mode: https, {everywhere}{listener}", HttpsProxyClient.Port)
            .Listen($"mode: socks5, {everywhere}{listener}", Socks5.SocksClients.Port)
            .Listen($"mode: proxyproto, {everywhere}, trusted: ['10.77.1.0/24', 'fd77:1::/64']{listener}", ProxyProtocol.ProxyProtoClient.Port)
            .With($"certs: {{caPublic: '{pki.Trusted}', serverPublic: '{certificates.Proxy}', serverPrivate: '{certificates.ProxyKey}', "
                + $"interceptPublic: '{pki.Intercept}', interceptPrivate: '{pki.InterceptKey}'}}");
    }

    public static Interception Firewall(this Way way) => way switch
    {
        Way.Tproxy => Interception.Tproxy,
        Way.ProxyProto => Interception.DnatToProxyProto,
        _ => Interception.Dnat,
    };

    /// <summary>curl, sent this way; <c>*.tls.test</c> is at <see cref="Addresses.Tls4"/> for it. What it trusts must be said.</summary>
    public static async Task<CurlResult> CurlAsync(this TlsLab lab, Way way, string authority, params string[] arguments) =>
        await lab.Client.CurlAsync([.. await CurlOptionsAsync(way), "--cacert", authority, .. arguments]);

    public static async Task<string[]> CurlOptionsAsync(Way way)
    {
        var proxy = $"{Addresses.Proxy4}";
        return way switch
        {
            Way.Http => ["-x", $"http://{proxy}:{Settings.HttpPort}"],
            Way.Https =>
            [
                "-x", $"https://proxy.example.test:{HttpsProxyClient.Port}", .. Curl.Resolve("proxy.example.test", HttpsProxyClient.Port, proxy),
                "--proxy-cacert", (await ProxyCertificates.GetAsync()).Authority,
            ],
            Way.Socks5 => ["-x", $"socks5h://{proxy}:{Socks5.SocksClients.Port}"],
            Way.ProxyProto => ["--haproxy-protocol", .. Direct],
            _ => Direct,
        };
    }

    private static string[] Direct { get; } = ["--connect-to", $"::{Addresses.Tls4}:"];
}
