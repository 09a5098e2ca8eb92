using System.Text;
using System.Text.Json;
using Calamary.Core.Configuration;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Inspection.Explain;

/// <summary>A line of a file of flows: a JSON object (RFC 8259) with a flow and what is expected of it.</summary>
internal sealed class FlowLine
{
    private const string Expect = "expect", ExpectRule = "expect_rule";

    private static readonly WordTable<string> Actions = new("action",
    [
        new("accept", "accept"), new("allow", "accept"), new("deny", "deny"), new("drop", "deny"), new("redirect", "redirect"), new("intercept", "intercept"),
        new("limit", "limit"),
    ]);

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];

    public FlowDescription Flow { get; } = new();

    public Expectation Expectation { get; private set; }

    /// <summary>Everything that is wrong with it.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public static FlowLine Read(string text)
    {
        var line = new FlowLine();
        try
        {
            line.ReadObject(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is for strings that are no text: lone halves of surrogate pairs.
            line._errors.Add(e is JsonException { BytePositionInLine: { } at } ? $"no valid JSON at byte {at + 1}" : "no valid JSON");
        }
        return line;
    }

    private void ReadObject(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.Add("no JSON object");
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!_seen.Add(name)) _errors.Add($"'{name}' is there twice");
            if (ReadValue(name, ref reader) is { } error) _errors.Add(error);
            reader.Skip();
        }
        // Whatever stands behind the object is found here.
        reader.Read();
    }

    private string? ReadValue(string name, ref Utf8JsonReader reader)
    {
        if (name == ExpectRule) return ReadRule(ref reader);
        if (name == Expect) return ReadAction(ref reader);
        if (FlowKeys.Find(name) is not { } key) return $"unknown key '{VerdictText.Printable(name)}'{Suggestion.For(name, FlowKeys.Names.Append(Expect).Append(ExpectRule))}";
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (TextOf(key.Kinds, ref reader) is not { } text) return $"{name}: this kind of value is not understood";
        return key.Read(Flow, text) is { } error ? $"{name}: {VerdictText.Printable(error)}" : null;
    }

    private string? ReadRule(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) Expectation = Expectation with { HasRule = true };
        else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var rule) && rule >= 0) Expectation = Expectation with { HasRule = true, Rule = rule };
        else return $"{ExpectRule}: it is a rule's index from 0, or null for none";
        return null;
    }

    private string? ReadAction(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String) return $"{Expect}: it is an action";
        if (!Actions.TryParse(reader.GetString()!, out var action, out var error))
            return $"{Expect}: {VerdictText.Printable(error.Message)}{Suggestion.Say(error.Suggestion)}";
        Expectation = Expectation with { Action = action };
        return null;
    }

    /// <summary>A value as on the command line; null for one of the wrong kind.</summary>
    private static string? TextOf(FlowValueKinds kinds, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number when kinds.HasFlag(FlowValueKinds.Number) => Encoding.ASCII.GetString(reader.ValueSpan),
        JsonTokenType.True or JsonTokenType.False when kinds.HasFlag(FlowValueKinds.Truth) => reader.GetBoolean() ? "true" : "false",
        JsonTokenType.StartArray when kinds.HasFlag(FlowValueKinds.List) => ListOf(ref reader),
        _ => null,
    };

    private static string? ListOf(ref Utf8JsonReader reader)
    {
        var (texts, areAll) = (new List<string>(), true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String) texts.Add(reader.GetString()!);
            else areAll = false;
            reader.Skip();
        }
        return areAll ? string.Join(',', texts) : null;
    }
}
