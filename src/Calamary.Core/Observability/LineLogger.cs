using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>The logger of one category. The area column is the category's last segment in lower case.</summary>
internal sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
{
    private readonly bool _ours = LogAreas.All.Contains(category);
    private readonly string _area = category[(category.LastIndexOf('.') + 1)..].ToLowerInvariant();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    // `debug: true` is about flows, not about what libraries have to say.
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None
        && logLevel >= (_ours && provider.Debug ? LogLevel.Debug : LogLevel.Information);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        // For the value type LogEvent the compiler resolves this test; nothing is boxed.
        if (state is LogEvent log)
        {
            provider.Write(logLevel, _area, log, exception);
            return;
        }
        ArgumentNullException.ThrowIfNull(formatter);
        provider.Write(logLevel, _area, new LogEvent { Id = LogEventId.Text, Text = formatter(state, exception) }, exception);
    }
}
