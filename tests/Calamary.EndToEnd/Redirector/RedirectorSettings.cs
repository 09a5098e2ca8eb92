using System.Globalization;
using System.Text;

namespace Calamary.EndToEnd.Redirector;

/// <summary>A configuration of the redirector, written as YAML.</summary>
internal sealed record RedirectorSettings
{
    private Interception Interception { get; init; }
    private IReadOnlyList<string> Proxies { get; init; } = [];
    private IReadOnlyList<string> Lines { get; init; } = ["metrics: {enabled: true}"];
    private int CheckInterval { get; init; } = 200;

    public static RedirectorSettings To(Interception interception, params string[] proxies) => new() { Interception = interception, Proxies = proxies };

    public RedirectorSettings To(params string[] proxies) => this with { Proxies = proxies };

    public RedirectorSettings WithChecksEvery(int milliseconds) => this with { CheckInterval = milliseconds };

    /// <summary>Adds lines under <c>service</c>.</summary>
    public RedirectorSettings With(params string[] lines) => this with { Lines = [.. Lines, .. lines] };

    public override string ToString()
    {
        var yaml = new StringBuilder("service:\n  listen:\n    - {mode: transparent, ");
        yaml.Append(Interception switch
        {
            Interception.Tproxy => "tproxy: true}\n",
            Interception.TproxyUdp => "tproxy: true, udp: true}\n",
            _ => "ip4: ['0.0.0.0'], ip6: ['::']}\n",
        });
        yaml.Append("  proxies: [").AppendJoin(", ", Proxies.Select(p => $"'{p}'")).Append("]\n");
        yaml.Append(CultureInfo.InvariantCulture, $"  health: {{interval: {CheckInterval}, timeout: 500}}\n");
        foreach (var line in Lines) yaml.Append("  ").Append(line).Append('\n');
        return yaml.ToString();
    }
}
