using System.Globalization;

namespace Calamary.EndToEnd.Lab;

/// <summary>One scrape: <c>metrics["calamary_req_tcp"]</c>, <c>metrics["calamary_req_protoL5{protocol=\"TLS\"}"]</c>; 0 when absent.</summary>
public sealed class Metrics
{
    private readonly Dictionary<string, double> samples = [];

    private Metrics(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var space = line.LastIndexOf(' ');
            samples[line[..space]] = double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture);
        }
    }

    public string Text { get; }
    public double this[string sample] => samples.GetValueOrDefault(sample);
    public bool Has(string sample) => samples.ContainsKey(sample);
    public double FlowEnd(string reason) => this[$"calamary_flow_end{{reason=\"{reason}\"}}"];

    public static async Task<Metrics> ScrapeAsync(NetNamespace machine)
    {
        var result = await machine.CurlAsync("--fail", $"http://127.0.0.1:{Settings.MetricsPort}/metrics");
        return result.ExitCode == 0 ? new Metrics(result.Output) : throw new InvalidOperationException(result.Error);
    }
}
