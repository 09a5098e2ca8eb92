using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>Writes log lines, as text of five columns or as JSON objects, to a stream. Logging never waits for the stream: when 4 MB
/// of lines are waiting, lines are dropped and counted, and one line says so when it flows again.</summary>
public sealed class LineLoggerProvider : ILoggerProvider
{
    private readonly TimeProvider _time;
    private readonly LineQueue _queue;
    private volatile bool _json;
    private volatile bool _debug;

    /// <summary>Starts the thread that writes.</summary>
    /// <param name="output">Where lines go, for instance the standard output; it is not closed.</param>
    /// <param name="time">Tells the local time; null for the system's.</param>
    public LineLoggerProvider(Stream output, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        _time = time ?? TimeProvider.System;
        _queue = new LineQueue(output, FormatDropped);
    }

    /// <summary>Whether lines are JSON objects instead of text (<c>log.format</c>). May change at any time.</summary>
    public bool Json
    {
        get => _json;
        set => _json = value;
    }

    /// <summary>Whether every step of a flow is logged (<c>debug</c>). May change at any time.</summary>
    public bool Debug
    {
        get => _debug;
        set => _debug = value;
    }

    /// <summary>How many lines were dropped since the start because the output was too slow.</summary>
    public long DroppedLines => _queue.Dropped;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        return new LineLogger(this, categoryName);
    }

    /// <summary>Writes the waiting lines, for at most a second, and stops the thread.</summary>
    public void Dispose() => _queue.Dispose();

    internal void Write(LogLevel level, string area, in LogEvent log, Exception? exception) =>
        _queue.Append(Format(level, area, log, exception));

    private ReadOnlySpan<byte> Format(LogLevel level, string area, in LogEvent log, Exception? exception)
    {
        var now = _time.GetLocalNow();
        return _json ? JsonLine.Format(now, level, area, log, exception) : TextLine.Format(now, level, area, log, exception);
    }

    private byte[] FormatDropped(long count)
    {
        var log = new LogEvent { Id = LogEventId.Text, Text = $"{count} log lines dropped" };
        return Format(LogLevel.Warning, LogAreas.Service, log, null).ToArray();
    }
}
