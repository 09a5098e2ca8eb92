using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>Log lines of one JSON object each, with the facts as fields.</summary>
internal static class JsonLine
{
    private const int ExceptionLimit = 8192;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? output;

    [ThreadStatic]
    private static Utf8JsonWriter? json;

    /// <summary>The line with its line feed, valid until the thread's next call.</summary>
    public static ReadOnlySpan<byte> Format(DateTimeOffset now, LogLevel level, string area, in LogEvent log, Exception? exception)
    {
        output ??= new(1024);
        output.ResetWrittenCount();
        // Validation would throw on a mistake of ours; the tests parse every kind of line instead.
        json ??= new(output, new() { SkipValidation = true });
        json.Reset();
        json.WriteStartObject();
        json.WriteString("time", now);
        json.WriteString("level", TextLine.LevelWord(level));
        json.WriteString("area", area);
        var message = new LineBuilder(stackalloc byte[2048]);
        LogMessage.Append(ref message, log);
        json.WriteString("message", message.Bytes);
        var fields = new JsonFields(json);
        LogFields.Visit(log, ref fields);
        if (exception is not null) WriteBounded(json, "exception", exception.ToString(), ExceptionLimit);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
        return output.WrittenSpan;
    }

    private static void WriteBounded(Utf8JsonWriter json, string name, ReadOnlySpan<char> value, int limit)
    {
        if (value.Length > limit) value = value[..(char.IsHighSurrogate(value[limit - 1]) ? limit - 1 : limit)];
        json.WriteString(name, value);
    }

    private readonly struct JsonFields(Utf8JsonWriter json) : ILogFieldVisitor
    {
        public void Text(string name, string value) => WriteBounded(json, name, value, LogMessage.NameLimit);

        public void Number(string name, long value) => json.WriteNumber(name, value);

        public void Address(string name, Address value)
        {
            Span<char> text = stackalloc char[64];
            if (value.TryFormat(text, out var written, default, null)) json.WriteString(name, text[..written]);
        }
    }
}
