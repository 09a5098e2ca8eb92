using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Tests.Observability;

/// <summary>The texts of a log while it is written.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public int Count(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    /// <summary>Waits until a text was logged so many times; for more than that it does not wait.</summary>
    public async Task AwaitAsync(string part, int count = 1)
    {
        for (var i = 0; i < 1000 && Count(part) < count; i++) await Task.Delay(10);
        Assert.True(Count(part) == count, $"{Count(part)} of {count} lines with {part}:\n{string.Join('\n', _lines.Take(50))}");
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception) + exception);

    public void Dispose()
    {
    }
}
