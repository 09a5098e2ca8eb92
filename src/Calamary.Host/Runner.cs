using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Calamary.Host;

/// <summary><c>calamary</c>: runs until a signal.</summary>
internal static class Runner
{
    public static async Task<int> RunAsync(string? file)
    {
        using var signals = new Signals();
        var source = ConfigLocator.Locate(file);
        var read = Configurations.Read(source);
        if (read.Config is not { } config)
        {
            foreach (var problem in read.Problems) await Console.Error.WriteLineAsync(problem.ToString());
            return 1;
        }

        var lines = new LineLoggerProvider(Console.OpenStandardOutput());
        Configure(lines, config);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddCalamaryLines(lines))
            .AddCalamary(options => (options.Configuration, options.DroppedLogLines) = (config, () => lines.DroppedLines))
            .BuildServiceProvider();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("service");
        log.LogInformation("Configuration: {Configuration}", source);
        foreach (var problem in read.Problems) log.LogWarning("{Problem}", problem);

        var proxy = services.GetRequiredService<CalamaryProxy>();
        try
        {
            await proxy.StartAsync(CancellationToken.None);
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync($"calamary: {failure.Message}");
            return 1;
        }
        using var systemd = new Systemd();
        systemd.Ready();

        while (await signals.NextIsReloadAsync())
        {
            systemd.Reloading();
            // The file that was taken at the start, whatever lies about by now; only the embedded default gives way to one.
            if (source.Path is null) source = ConfigLocator.Locate(null);
            await ReloadAsync(proxy, source, lines, log);
            systemd.Ready();
        }
        systemd.Stopping();
        log.LogInformation("Stopping");
        await proxy.StopAsync(signals.Second);
        log.LogInformation("Stopped");
        return 0;
    }

    private static async Task ReloadAsync(CalamaryProxy proxy, ConfigSource source, LineLoggerProvider lines, ILogger log)
    {
        var read = Configurations.Read(source);
        foreach (var problem in read.Problems)
            log.Log(problem.Severity == ProblemSeverity.Error ? LogLevel.Error : LogLevel.Warning, "{Problem}", problem);
        IReadOnlyList<string> errors = read.Config is null ? ["see above"] : await proxy.ReloadAsync(read.Config);
        if (errors.Count == 0)
        {
            Configure(lines, read.Config!);
            log.LogInformation("Reloaded: {Configuration}", source);
        }
        else
        {
            log.LogError("Reload refused, the old configuration stays: {Errors}", string.Join("; ", errors));
        }
    }

    private static void Configure(LineLoggerProvider lines, CalamaryConfig config)
    {
        lines.Json = config.Log.Format == LogFormat.Json;
        lines.Debug = config.Debug;
    }
}
