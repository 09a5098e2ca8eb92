using System.Globalization;
using System.Runtime.CompilerServices;

namespace Calamary.EndToEnd.Lab;

/// <summary>The proxy under test: the published binary, started in a namespace with a configuration of its own.</summary>
public sealed class CalamaryProcess : IAsyncDisposable
{
    private readonly string test;
    private bool exitExpected;

    private CalamaryProcess(LabProcess process, NetNamespace machine, string configurationFile, string test)
    {
        Process = process;
        Machine = machine;
        ConfigurationFile = configurationFile;
        this.test = test;
    }

    /// <summary>The binary: <c>CALAMARY_BIN</c>, else <c>artifacts/calamary/calamary</c> in a folder above the tests.</summary>
    public static string Binary { get; } = Environment.GetEnvironmentVariable("CALAMARY_BIN") ?? FindBinary();

    /// <summary>Where <c>CALAMARY_E2E_LOGS</c> collects configuration and log of every proxy, one file a test class.</summary>
    private static readonly string? LogFolder = Environment.GetEnvironmentVariable("CALAMARY_E2E_LOGS");

    public LabProcess Process { get; }
    public NetNamespace Machine { get; }
    public string ConfigurationFile { get; }
    public OutputLines Log => Process.Output;
    public int OpenDescriptors => Directory.GetFileSystemEntries($"/proc/{Process.Id}/fd").Length;

    public long ResidentBytes => 1024 * long.Parse(
        File.ReadLines($"/proc/{Process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    public static async Task<CalamaryProcess> StartAsync(
        NetNamespace machine, Settings settings, [CallerFilePath] string test = "", string[]? wrapper = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var file = LabFiles.NewFile("calamary.yml", settings.ToString());
        var process = machine.Start([.. wrapper ?? [], Binary, "-f", file], environment: environment);
        var calamary = new CalamaryProcess(process, machine, file, test);
        try
        {
            foreach (var port in settings.Ports) await process.WaitForPortAsync(port);
            return calamary;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replaces the configuration file and asks for a reload; does not wait for it.</summary>
    public void Reload(string configuration)
    {
        File.WriteAllText(ConfigurationFile, configuration);
        Process.Signal(PosixSignalNumber.Hangup);
    }

    public async Task<int> WaitForExitAsync(double seconds = 10)
    {
        exitExpected = true;
        return await Process.WaitForExitAsync(seconds);
    }

    public Task<Metrics> MetricsAsync() => Metrics.ScrapeAsync(Machine);

    public async ValueTask DisposeAsync()
    {
        var died = Process.HasExited && !exitExpected;
        await Process.DisposeAsync();
        string[] output = [.. Log.Snapshot(), .. Process.Error.Snapshot()];
        if (LogFolder is { } folder)
        {
            Directory.CreateDirectory(folder);
            await File.AppendAllLinesAsync(
                Path.Combine(folder, Path.GetFileNameWithoutExtension(test) + ".log"), ["", await File.ReadAllTextAsync(ConfigurationFile), .. output]);
        }
        if (died) throw new InvalidOperationException($"the proxy died during the test:\n{string.Join('\n', output.TakeLast(50))}");
    }

    private static string FindBinary()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "artifacts", "calamary", "calamary");
            if (File.Exists(candidate)) return candidate;
        }
        throw new FileNotFoundException("artifacts/calamary/calamary is not there: ./check publishes it");
    }
}
