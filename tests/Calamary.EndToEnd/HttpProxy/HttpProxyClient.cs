namespace Calamary.EndToEnd.HttpProxy;

/// <summary>curl and others, told to use the proxy.</summary>
public static class HttpProxyClient
{
    public static Task<CurlResult> ProxiedAsync(this NetworkLab lab, IpFamily family, params string[] arguments) => lab.Client.CurlAsync(
        ["-x", $"http://{Addresses.Bracketed(Addresses.Proxy(family))}:{Settings.HttpPort}", .. arguments]);

    public static Task<CurlResult> ProxiedAsync(this NetworkLab lab, params string[] arguments) => lab.ProxiedAsync(IpFamily.IPv4, arguments);

    /// <summary>Sends bytes (backslash escapes) to the proxy, and reads to the end.</summary>
    public static Task<PeerOutcome> RawAsync(this NetworkLab lab, string request) =>
        lab.Client.PeerAsync(Addresses.Proxy4, Settings.HttpPort, "--send", request, "--timeout", "5");

    /// <summary>The status of each GET over one connection, or <c>closed</c>.</summary>
    public static async Task<string[]> KeepAliveAsync(this NetworkLab lab, params string[] urls)
    {
        var result = await lab.Client.RunAsync(
            ["/usr/bin/python3", LabFiles.Script("keep_alive.py"), Addresses.Proxy4, $"{Settings.HttpPort}", .. urls], null);
        return result.Succeeded().Output.Split('\n');
    }
}
