using System.Text.Json;
using Calamary.Core;
using Calamary.Core.Rules;

namespace Calamary.Inspection.Explain;

/// <summary>A report for machines: one object.</summary>
internal static class JsonReport
{
    public static string Of(FlowReport report) => VerdictJson.Write(json =>
    {
        json.WriteStartObject();
        if (report.Verdict is { } verdict) WriteVerdict(json, verdict);
        else json.WriteString("error", report.Failure);
        json.WriteStartArray("addresses");
        foreach (var explanation in report.Addresses) Write(json, explanation);
        json.WriteEndArray();
        json.WritePropertyName("inside");
        if (report.Inside is { } inside) Write(json, inside);
        else json.WriteNullValue();
        json.WriteEndObject();
    });

    private static void WriteVerdict(Utf8JsonWriter json, in Verdict verdict)
    {
        VerdictJson.WriteMembers(json, verdict);
        json.WriteString("by", VerdictText.BasisOf(verdict));
    }

    private static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("flow", FlowText.Of(explanation.Facts));
        WriteVerdict(json, explanation.Verdict);
        json.WriteString("note", explanation.Note);
        json.WriteStartArray("rules");
        foreach (var step in explanation.Rules) Write(json, step);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RuleStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("rule", step.Index);
        json.WriteString("name", step.Name);
        json.WriteString("action", step.Action);
        json.WriteBoolean("matched", step.Matched);
        json.WriteBoolean("passed_over", step.IsPassedOver);
        json.WriteStartArray("compared");
        foreach (var comparison in step.Comparisons) Write(json, comparison);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartObject();
        json.WriteString("key", comparison.Key);
        json.WriteString("values", comparison.Values);
        json.WriteString("fact", comparison.Fact);
        json.WriteBoolean("holds", comparison.Outcome == Truth.Yes);
        json.WriteEndObject();
    }
}
