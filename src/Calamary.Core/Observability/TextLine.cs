using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>Log lines of exactly five columns: time, level, area, addresses, message.</summary>
internal static class TextLine
{
    private const int MaxLength = 4096;
    private const int ExceptionLimit = 2048;

    [ThreadStatic]
    private static byte[]? buffer;

    /// <summary>The line with its line feed, valid until the thread's next call.</summary>
    public static ReadOnlySpan<byte> Format(DateTimeOffset now, LogLevel level, string area, in LogEvent log, Exception? exception)
    {
        buffer ??= new byte[MaxLength];
        var line = new LineBuilder(buffer.AsSpan(0, MaxLength - 1));
        line.Append(now, "yyyy-MM-dd HH:mm:ss");
        line.Append(" | "u8);
        line.Append(LevelWord(level));
        line.Append(" | "u8);
        line.AppendEscaped(area, LogMessage.NameLimit);
        line.Append(" | "u8);
        LogMessage.AppendAddresses(ref line, log);
        line.Append(" | "u8);
        LogMessage.Append(ref line, log);
        if (exception is not null)
        {
            line.Append(": "u8);
            line.AppendEscaped(exception.ToString(), ExceptionLimit);
        }
        var length = line.Bytes.Length;
        buffer[length] = (byte)'\n';
        return buffer.AsSpan(0, length + 1);
    }

    /// <summary><c>INFO</c>, <c>DEBUG</c>, <c>WARN</c> or <c>ERROR</c>.</summary>
    public static ReadOnlySpan<byte> LevelWord(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG"u8,
        LogLevel.Information => "INFO"u8,
        LogLevel.Warning => "WARN"u8,
        _ => "ERROR"u8,
    };
}
