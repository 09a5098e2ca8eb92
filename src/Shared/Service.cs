using Calamary.Core.Configuration;
using Calamary.Core.Hosting;
using Calamary.Core.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Calamary.Shared;

/// <summary>A program that reads its configuration and runs until a signal.</summary>
/// <typeparam name="T">Its configuration.</typeparam>
/// <param name="program">What it is called.</param>
internal abstract class Service<T>(string program) where T : class
{
    public string Program => program;

    /// <summary>Reads and reports; starts nothing.</summary>
    public int Validate(string? file)
    {
        if (Locate(file) is not { } source) return 1;
        var (config, problems) = Read(source);
        foreach (var problem in problems) Console.Error.WriteLine(problem);
        if (config is null) return 1;
        Console.WriteLine($"{source}: valid");
        return 0;
    }

    /// <summary>Runs until a signal to stop.</summary>
    public async Task<int> RunAsync(string? file)
    {
        using var signals = new Signals();
        if (Locate(file) is not { } source) return 1;
        var (config, problems) = Read(source);
        if (config is null)
        {
            foreach (var problem in problems) await Console.Error.WriteLineAsync(problem.ToString());
            return 1;
        }

        var lines = new LineLoggerProvider(Console.OpenStandardOutput());
        Configure(lines, CommonOf(config));
        var services = new ServiceCollection().AddLogging(logging => logging.AddCalamaryLines(lines));
        Register(services, config, () => lines.DroppedLines);
        await using var provider = services.BuildServiceProvider();
        var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("service");
        log.LogInformation("Configuration: {Configuration}", source);
        foreach (var problem in problems) log.LogWarning("{Problem}", problem);

        var service = provider.GetRequiredService<IReloadableService<T>>();
        try
        {
            await service.StartAsync(CancellationToken.None);
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync($"{program}: {failure.Message}");
            return 1;
        }
        // Its lists may be large, and a reload brings others.
        config = null;
        Started();
        GiveBackMemory();
        using var systemd = new Systemd();
        systemd.Ready();

        while (await signals.NextIsReloadAsync())
        {
            systemd.Reloading();
            // The file that was taken at the start, whatever lies about by now; only an embedded default gives way to one.
            if (source.Path is null) source = Locate(null) ?? source;
            await ReloadAsync(service, source, lines, log);
            systemd.Ready();
        }
        systemd.Stopping();
        log.LogInformation("Stopping");
        await service.StopAsync(signals.Second);
        log.LogInformation("Stopped");
        return 0;
    }

    /// <summary>Finds the configuration; null, and said on the standard error, when there is none.</summary>
    protected abstract ConfigSource? Locate(string? stated);

    /// <summary>Reads a configuration; it is null when it has errors.</summary>
    protected abstract (T? Config, IReadOnlyList<ConfigProblem> Problems) Read(ConfigSource source);

    /// <summary>The part that says how to log.</summary>
    protected abstract CalamaryConfig CommonOf(T config);

    /// <summary>Registers an <see cref="IReloadableService{T}"/>.</summary>
    protected abstract void Register(IServiceCollection services, T config, Func<long> droppedLogLines);

    private async Task ReloadAsync(IReloadableService<T> service, ConfigSource source, LineLoggerProvider lines, ILogger log)
    {
        var (config, problems) = Read(source);
        foreach (var problem in problems)
            log.Log(problem.Severity == ProblemSeverity.Error ? LogLevel.Error : LogLevel.Warning, "{Problem}", problem);
        IReadOnlyList<string> errors = config is null ? ["see above"] : await service.ReloadAsync(config);
        if (errors.Count == 0)
        {
            Configure(lines, CommonOf(config!));
            config = null;
            GiveBackMemory();
            log.LogInformation("Reloaded: {Configuration}", source);
        }
        else
        {
            log.LogError("Reload refused, the old configuration stays: {Errors}", string.Join("; ", errors));
        }
    }

    /// <summary>The service has taken over the configuration that it was registered with.</summary>
    protected virtual void Started()
    {
    }

    // Reading a list of a million lines leaves far more behind than it keeps; a small heap is not worth the pause.
    private static void GiveBackMemory()
    {
        const long large = 32L << 20;
        if (GC.GetTotalMemory(forceFullCollection: false) > large) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static void Configure(LineLoggerProvider lines, CalamaryConfig config)
    {
        lines.Json = config.Log.Format == LogFormat.Json;
        lines.Debug = config.Debug;
    }
}
