using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Calamary.EndToEnd.Lab;

/// <summary>A running program, leader of its own process group, which is killed at dispose.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private readonly Process process;

    private LabProcess(Process process) => this.process = process;

    public int Id => process.Id;
    public bool HasExited => process.HasExited;
    public OutputLines Output { get; } = new();
    public OutputLines Error { get; } = new();

    public static LabProcess Start(
        IEnumerable<string> command, string? stdin = null, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        // setsid and "ip netns exec" replace themselves by the command: the id is the program's own.
        var start = new ProcessStartInfo("setsid", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var running = new LabProcess(Process.Start(start) ?? throw new InvalidOperationException("not started"));
        running.Capture(stdin);
        return running;
    }

    public void Signal(PosixSignalNumber signal) => Kill(Id, signal);

    /// <summary>Waits until the program has ended and its output is complete.</summary>
    public async Task<int> WaitForExitAsync(double seconds = 30)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} "
                + $"still runs after {seconds} s:\n{string.Join('\n', [.. Output.Snapshot(), .. Error.Snapshot()])}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill(-Id, PosixSignalNumber.Kill);
        await WaitForExitAsync();
        process.Dispose();
    }

    private void Capture(string? stdin)
    {
        process.OutputDataReceived += (_, e) => { if (e.Data is not null) Output.Add(e.Data); };
        process.ErrorDataReceived += (_, e) => { if (e.Data is not null) Error.Add(e.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (stdin is not null) process.StandardInput.Write(stdin);
        process.StandardInput.Close();
    }

    private static void Kill(int target, PosixSignalNumber signal)
    {
        const int noSuchProcess = 3;
        if (NativeKill(target, (int)signal) != 0 && Marshal.GetLastPInvokeError() is var error and not noSuchProcess)
            throw new Win32Exception(error);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int processId, int signal);
}
