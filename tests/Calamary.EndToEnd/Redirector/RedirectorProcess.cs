namespace Calamary.EndToEnd.Redirector;

/// <summary>The redirector under test: the published binary, on the machine in the middle.</summary>
internal sealed class RedirectorProcess : IAsyncDisposable
{
    private readonly NetworkLab lab;
    private readonly string file;
    private bool exitExpected;

    private RedirectorProcess(NetworkLab lab, LabProcess process, string file) => (this.lab, Process, this.file) = (lab, process, file);

    /// <summary>The binary: <c>CALAMARY_REDIRECTOR_BIN</c>, else beside that of the proxy.</summary>
    public static string Binary { get; } = Environment.GetEnvironmentVariable("CALAMARY_REDIRECTOR_BIN")
        ?? Path.Combine(Path.GetDirectoryName(CalamaryProcess.Binary)!, "..", "calamary-redirector", "calamary-redirector");

    public LabProcess Process { get; }
    public OutputLines Log => Process.Output;

    public static async Task<RedirectorProcess> StartAsync(NetworkLab lab, RedirectorSettings settings, Interception interception = Interception.Dnat)
    {
        await lab.InterceptAsync(interception);
        var file = LabFiles.NewFile("calamary-redirector.yml", settings.ToString());
        var redirector = new RedirectorProcess(lab, lab.Proxy.Start([Binary, "-f", file]), file);
        await redirector.Process.WaitForPortAsync(Settings.TransparentPort);
        await redirector.Process.WaitForPortAsync(Settings.MetricsPort);
        return redirector;
    }

    /// <summary>Replaces the configuration file and asks for a reload; waits for it.</summary>
    public async Task ReloadAsync(string configuration)
    {
        var from = Log.Snapshot().Count;
        await File.WriteAllTextAsync(file, configuration);
        Process.Signal(PosixSignalNumber.Hangup);
        await Log.WaitForAsync("Reloaded|Reload refused", from);
    }

    public Task<Metrics> MetricsAsync() => Metrics.ScrapeAsync(lab.Proxy);

    /// <summary>One of the metrics of a proxy: up, flows, failures.</summary>
    public async Task<double> ProxyAsync(string metric, string proxy) =>
        (await MetricsAsync())[$"calamary_redirector_proxy_{metric}{{proxy=\"{proxy}\"}}"];

    public Task AwaitUpAsync(string proxy, bool up = true) =>
        Eventually.TrueAsync(async () => await ProxyAsync("up", proxy) == (up ? 1 : 0), $"{proxy} is {(up ? "up" : "down")}");

    public async Task<int> WaitForExitAsync(double seconds = 10)
    {
        exitExpected = true;
        return await Process.WaitForExitAsync(seconds);
    }

    public async ValueTask DisposeAsync()
    {
        var died = Process.HasExited && !exitExpected;
        await Process.DisposeAsync();
        await lab.InterceptAsync(Interception.None);
        if (died) throw new InvalidOperationException($"the redirector died during the test:\n{string.Join('\n', [.. Log.Snapshot(), .. Process.Error.Snapshot()])}");
    }
}
