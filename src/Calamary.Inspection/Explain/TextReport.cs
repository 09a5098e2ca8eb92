using System.Globalization;
using Calamary.Core;

namespace Calamary.Inspection.Explain;

/// <summary>A report for people.</summary>
internal sealed class TextReport(TextWriter output, Colours colours, int ruleCount)
{
    public void Write(FlowReport report)
    {
        foreach (var explanation in report.Addresses) Write("flow", explanation);
        if (report.Failure is not null)
        {
            output.WriteLine($"flow: {FlowText.Of(report.Facts)}");
            output.WriteLine($"no verdict: {report.Failure}");
            return;
        }
        var verdict = report.Verdict!.Value;
        WriteVerdict("verdict", verdict, report.Addresses.Count == 1 ? report.Addresses[0].Note : AddressesOf(report, verdict));
        if (report.Inside is not { } inside) return;
        output.WriteLine();
        Write("inside", inside);
        WriteVerdict("verdict inside", inside.Verdict, null);
    }

    private void Write(string title, Explanation explanation)
    {
        output.WriteLine($"{title}: {FlowText.Of(explanation.Facts)}");
        foreach (var step in explanation.Rules) output.WriteLine(RuleText.Of(step, colours));
        if (ruleCount - explanation.Rules.Count is > 0 and var rest)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ({rest} more {(rest == 1 ? "rule is" : "rules are")} not asked)"));
    }

    private void WriteVerdict(string title, in Verdict verdict, string? note)
    {
        if (note is not null) output.WriteLine($"  {note}");
        var text = VerdictText.Of(verdict);
        output.WriteLine($"{title}: {(verdict.IsAccepted ? colours.Good(text) : colours.Bad(text))}");
    }

    // What is to be intercepted at one address must not pass at another, so that only equal actions count.
    private static string? AddressesOf(FlowReport report, Verdict verdict)
    {
        if (!verdict.IsAccepted) return null;
        var dialled = report.Addresses.Where(a => a.Verdict.Action == verdict.Action).Select(static a => a.Facts.Destination.Address.ToString());
        return $"dialled: {string.Join(", ", dialled)}";
    }
}
