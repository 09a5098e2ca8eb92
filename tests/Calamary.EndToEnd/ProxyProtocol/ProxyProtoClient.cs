using System.Text.Json;

namespace Calamary.EndToEnd.ProxyProtocol;

/// <summary>The settings of these tests, and the sender that no product is: see <c>scripts/proxy_sender.py</c>.</summary>
public static class ProxyProtoClient
{
    public const int Port = 4129;

    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    public static Settings Settings { get; } = Listener("trusted: ['10.77.1.0/24', 'fd77:1::/64']");

    public static Settings AcceptAll { get; } = Settings.Rule("{port: 1-65535}", "accept");

    public static Settings Listener(string more) =>
        new Settings().Listen($"mode: proxyproto, ip4: ['0.0.0.0'], ip6: ['::'], {more}", Port);

    public static Task<PeerOutcome> SendHeaderAsync(this NetworkLab lab, byte[] bytes, params string[] options) =>
        lab.SendHeaderAsync(IpFamily.IPv4, "send", bytes, options);

    public static async Task<PeerOutcome> SendHeaderAsync(
        this NetworkLab lab, IpFamily family, string action, byte[] bytes, params string[] options)
    {
        var result = await lab.Client.RunAsync(Command(Addresses.Proxy(family), action, bytes, options), null, 60);
        return JsonSerializer.Deserialize<PeerOutcome>(result.Succeeded().Output, Names)!;
    }

    public static LabProcess HoldHeaders(this NetworkLab lab, byte[] bytes, int count) =>
        lab.Client.Start(Command(Addresses.Proxy4, "hold", bytes, ["--count", $"{count}"]));

    public static Task AwaitEndsAsync(this CalamaryProcess calamary, string reason, int count = 1) => Eventually.TrueAsync(
        async () => (await calamary.MetricsAsync()).FlowEnd(reason) == count, $"{count} flows end by {reason}");

    private static string[] Command(string address, string action, byte[] bytes, string[] options) =>
        ["/usr/bin/python3", LabFiles.Script("proxy_sender.py"), action, address, $"{Port}", Convert.ToHexString(bytes), .. options];
}
