using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Calamary.Core.Observability;

/// <summary>Registers the log lines of the proxy.</summary>
public static class LineLoggingExtensions
{
    /// <summary>Adds a provider of log lines, which the container then disposes, and lets debug events through to it:
    /// <see cref="LineLoggerProvider.Debug"/> decides on them.</summary>
    /// <param name="builder">The host's logging.</param>
    /// <param name="provider">The provider.</param>
    public static ILoggingBuilder AddCalamaryLines(this ILoggingBuilder builder, LineLoggerProvider provider)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(provider);
        // By a factory, because the container does not dispose instances that it was given.
        builder.Services.AddSingleton<ILoggerProvider>(_ => provider);
        return builder.SetMinimumLevel(LogLevel.Debug);
    }
}
