using System.Diagnostics;

namespace Calamary.EndToEnd.Hosting;

/// <summary>The package, as a user of the library gets it.</summary>
public sealed class LibraryTests
{
    [Fact]
    public async Task Package_works_in_a_new_project()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Calamary.sln"))) root = root.Parent!;
        var start = new ProcessStartInfo(Path.Combine(root.FullName, "samples", "run")) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var sample = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var errors = sample.StandardError.ReadToEndAsync(limit.Token);
        var output = await sample.StandardOutput.ReadToEndAsync(limit.Token);
        await sample.WaitForExitAsync(limit.Token);
        Assert.True(sample.ExitCode == 0, output + await errors);
        foreach (var line in new[] { "Done: http", "listening", "stopped" }) Assert.Contains(line, output, StringComparison.Ordinal);
    }
}
