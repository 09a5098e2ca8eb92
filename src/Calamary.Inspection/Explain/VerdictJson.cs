using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Calamary.Core;
using Calamary.Core.Observability;

namespace Calamary.Inspection.Explain;

/// <summary>Verdicts for machines.</summary>
internal static class VerdictJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"action":"accept","rule":0,"name":null}</c>.</summary>
    public static string Of(Verdict verdict) => Write(json =>
    {
        json.WriteStartObject();
        WriteMembers(json, verdict);
        json.WriteEndObject();
    });

    /// <summary><c>{"error":"…"}</c>, for a line that is no flow.</summary>
    public static string OfErrors(IReadOnlyList<string> errors) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("error", string.Join("; ", errors));
        json.WriteEndObject();
    });

    /// <summary>The three members of a verdict.</summary>
    public static void WriteMembers(Utf8JsonWriter json, in Verdict verdict)
    {
        json.WriteString("action", verdict.Action.ToLabel());
        if (VerdictText.RuleOf(verdict) is { } rule) json.WriteNumber("rule", rule);
        else json.WriteNull("rule");
        json.WriteString("name", verdict.RuleName);
    }

    /// <summary>Writes a value to a text.</summary>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options)) write(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
