using System.Text;

namespace Calamary.EndToEnd.Lab;

/// <summary>A configuration of the proxy, written as YAML. Immutable: tests derive their own from the few below.</summary>
public sealed record Settings
{
    public const int TransparentPort = 4128;
    public const int HttpPort = 4130;
    public const int MetricsPort = 9512;

    public static Settings Dnat { get; } = new Settings().Listen("mode: transparent, ip4: ['0.0.0.0'], ip6: ['::']", TransparentPort);
    public static Settings Tproxy { get; } = new Settings().Listen("mode: transparent, tproxy: true", TransparentPort);
    public static Settings Udp { get; } = new Settings().Listen("mode: transparent, tproxy: true, udp: true", TransparentPort);
    public static Settings Http { get; } = new Settings().Listen("mode: http, ip4: ['0.0.0.0'], ip6: ['::']", HttpPort);

    private IReadOnlyList<string> Listeners { get; init; } = [];
    private IReadOnlyList<string> Service { get; init; } = ["metrics: {enabled: true}"];
    private IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Ports that must listen before a test begins.</summary>
    public IReadOnlyList<int> Ports { get; private init; } = [MetricsPort];

    public static Settings Transparent(Interception interception) => interception == Interception.Tproxy ? Tproxy : Dnat;

    public Settings Listen(string listener, int port) =>
        this with { Listeners = [.. Listeners, $"{{{listener}, port: {port}}}"], Ports = [.. Ports, port] };

    /// <summary>Adds lines under <c>service</c>.</summary>
    public Settings With(params string[] lines) => this with { Service = [.. Service, .. lines] };

    /// <summary>Adds a rule: <c>Rule("{port: 443}", "accept", "name: web")</c>.</summary>
    public Settings Rule(string match, string action, string more = "") =>
        this with { Rules = [.. Rules, $"{{match: {match}, action: {action}{(more.Length > 0 ? ", " + more : "")}}}"] };

    /// <summary>The same without its rules.</summary>
    public Settings WithoutRules() => this with { Rules = [] };

    public override string ToString()
    {
        var yaml = new StringBuilder("service:\n");
        yaml.Append("  dnsNameservers: ['").Append(Nameserver).Append("']\n  listen:\n");
        foreach (var listener in Listeners) yaml.Append("    - ").Append(listener).Append('\n');
        foreach (var line in Service) yaml.Append("  ").Append(line).Append('\n');
        yaml.Append(Rules.Count == 0 ? "rules: []\n" : "rules:\n");
        foreach (var rule in Rules) yaml.Append("  - ").Append(rule).Append('\n');
        return yaml.ToString();
    }

    public string Nameserver { get; init; } = Addresses.Server4;
}
