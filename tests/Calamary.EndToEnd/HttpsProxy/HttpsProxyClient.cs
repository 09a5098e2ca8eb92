namespace Calamary.EndToEnd.HttpsProxy;

/// <summary>A proxy in mode https, and curl told to use it.</summary>
public static class HttpsProxyClient
{
    public const int Port = 4131;

    private const string Name = "proxy.example.test";

    public static async Task<Settings> SettingsAsync(string listener = "")
    {
        var certificates = await ProxyCertificates.GetAsync();
        return new Settings().Listen($"mode: https, ip4: ['0.0.0.0'], ip6: ['::']{listener}", Port)
            .With($"certs: {{serverPublic: '{certificates.Proxy}', serverPrivate: '{certificates.ProxyKey}'}}");
    }

    public static async Task<CurlResult> SecurelyProxiedAsync(this NetworkLab lab, IpFamily family, params string[] arguments) => await lab.Client.CurlAsync(
        ["-x", $"https://{Name}:{Port}", .. Curl.Resolve(Name, Port, Addresses.Proxy(family)), "--proxy-cacert", (await ProxyCertificates.GetAsync()).Authority, .. arguments]);

    public static Task<CurlResult> SecurelyProxiedAsync(this NetworkLab lab, params string[] arguments) =>
        lab.SecurelyProxiedAsync(IpFamily.IPv4, arguments);

    /// <summary>What openssl says of the proxy's side.</summary>
    public static async Task<string> SClientAsync(this NetworkLab lab, string options = "", string filter = "cat")
    {
        var command = $"openssl s_client -connect {Addresses.Proxy4}:{Port} -CAfile {(await ProxyCertificates.GetAsync()).Authority} {options} </dev/null 2>&1 | {filter}";
        return (await lab.Client.RunAsync("sh", "-c", command)).Output.Trim();
    }

    public static Task AwaitEndsAsync(this CalamaryProcess calamary, string reason, int count) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync()).FlowEnd(reason) == count, $"{count} flows end by {reason}");
}
