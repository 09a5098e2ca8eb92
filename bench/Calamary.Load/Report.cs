using System.Diagnostics;
using System.Globalization;

namespace Calamary.Load;

/// <summary>A run's figures as JSON on standard output.</summary>
internal static class Report
{
    /// <returns>The exit code: 1 if there were errors.</returns>
    public static int Write(
        IReadOnlyDictionary<string, int> errors, TimeSpan elapsed, IEnumerable<long> latencies, params ReadOnlySpan<(string Name, int Value)> counts)
    {
        var sorted = latencies.Order().ToArray();
        double Percentile(int percent) =>
            sorted.Length == 0 ? 0 : Stopwatch.GetElapsedTime(0, sorted[(sorted.Length - 1) * percent / 100]).TotalMicroseconds;
        var counted = string.Concat(counts.ToArray().Select(count => $"\"{count.Name}\": {count.Value}, "));
        var faults = string.Join(", ", errors.Select(error => $"\"{error.Key}\": {error.Value}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""
            { {{counted}}"seconds": {{elapsed.TotalSeconds:F6}}, "p50_us": {{Percentile(50):F1}}, "p99_us": {{Percentile(99):F1}},
            "errors": { {{faults}} } }
            """));
        return errors.Count == 0 ? 0 : 1;
    }
}
